import * as v from 'valibot';
import { EVENT_KINDS } from '../daemon/events/event-kind.js';
import type { DisruptionStatus, StatusDocument } from '../daemon/status-document.js';

// JSON has no NaN, but 1e999 parses as Infinity.
const number = v.pipe(v.number(), v.finite());
const text = v.string();
const digits = v.pipe(v.string(), v.regex(/^\d{1,20}$/));
const counts = v.record(v.string(), number);

/** One of the known words, or a number this version has no word for. */
const wordOrNumber = <const T extends readonly [string, ...string[]]>(words: T) =>
  v.union([
    v.picklist(words),
    v.custom<`unknown (${number})`>((value) => typeof value === 'string' && /^unknown \(\d+\)$/.test(value)),
  ]);

const disruption: v.GenericSchema<unknown, DisruptionStatus> = v.object({
  cause: v.picklist(['marker', 'generation', 'marker and generation', 'inferred', 'while the daemon was down']),
  noticedAt: text,
  agoSeconds: number,
  marker: v.nullable(digits),
  generation: v.nullable(digits),
  resetAnsweredMs: v.nullable(number),
  correctedMs: v.nullable(number),
  firstSampleMs: v.nullable(number),
  synchronisedMs: v.nullable(number),
  offsetThenNs: v.nullable(number),
});

/**
 * The status document as read from a socket: anybody may have written it. Members this version does not know are
 * left out. The annotation keeps it in step with StatusDocument.
 */
export const statusSchema: v.GenericSchema<unknown, StatusDocument> = v.object({
  schema: v.literal(1),
  version: text,
  pid: number,
  uptimeSeconds: number,
  state: v.object({
    name: v.picklist(['starting', 'feeding', 'recovering', 'holding']),
    reason: text,
    forSeconds: number,
  }),
  phc: v.nullable(
    v.object({
      path: text,
      name: text,
      method: v.nullable(v.picklist(['PRECISE', 'EXTENDED', 'BASIC'])),
      refusals: v.array(v.object({ method: text, code: text, meaning: text })),
      timescale: v.nullable(v.picklist(['UTC', 'TAI', 'shifted'])),
      shiftSeconds: v.nullable(number),
      timescaleReason: text,
    }),
  ),
  vmclock: v.nullable(
    v.object({
      path: text,
      marker: digits,
      generation: v.nullable(digits),
      seqCount: number,
      clockStatus: wordOrNumber(['unknown', 'initialising', 'synchronised', 'free-running', 'unreliable']),
      flags: v.array(text),
      leap: wordOrNumber(['none', 'insert', 'delete', 'inserting', 'inserted', 'deleted']),
      watching: v.picklist(['poll', 'look']),
      unsettledForSeconds: v.nullable(number),
    }),
  ),
  sample: v.nullable(
    v.object({
      offsetNs: number,
      bracketNs: number,
      boundNs: number,
      hostErrorNs: v.nullable(number),
      ageSeconds: number,
    }),
  ),
  rate: v.nullable(v.object({ phcPpm: number, uncertaintyPpm: number })),
  sock: v.object({ path: text, sent: number, dropped: counts, failing: text }),
  chronyd: v.nullable(
    v.object({
      path: text,
      reachable: v.boolean(),
      error: text,
      synchronised: v.boolean(),
      selectsUs: v.boolean(),
      refid: text,
      stratum: number,
      offsetNs: number,
      frequencyPpm: number,
      skewPpm: number,
      rootDispersionNs: number,
      poll: v.nullable(v.pipe(number, v.integer(), v.minValue(-32), v.maxValue(32))),
      ageSeconds: number,
    }),
  ),
  disruptions: v.object({ count: number, last: v.nullable(disruption) }),
  events: v.array(
    v.object({
      number,
      kind: v.picklist(EVENT_KINDS),
      at: text,
      agoSeconds: number,
      message: text,
      facts: v.record(text, text),
    }),
  ),
  counters: counts,
});
