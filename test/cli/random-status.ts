import { EVENT_KINDS } from '../../src/daemon/events/event-kind.js';
import type { StatusDocument } from '../../src/daemon/status-document.js';
import type { Random } from '../support/random.js';

const EVIL = [
  '',
  'VMCK',
  'a"b',
  'a\\b',
  'a\nb',
  '\u001b[2J',
  '日本語',
  '\ud800',
  '}{,=',
  '# EOF',
  '\u202eok',
  'x'.repeat(500),
];

/** A document that the schema takes, with everything in it that may be there. */
export function randomStatus(random: Random): StatusDocument {
  const pick = <T>(...of: readonly [T, ...T[]]): T => of[Math.floor(random() * of.length)] ?? of[0];
  const text = () => EVIL[Math.floor(random() * EVIL.length)] ?? '';
  const number = () =>
    pick(0, -0, 1, -1, 0.1, 1e-30, 1e300, -1e300, Number.MAX_VALUE, (random() - 0.5) * 10 ** (random() * 20));
  const or = <T>(value: T): T | null => (random() < 0.3 ? null : value);
  const digits = () => pick('0', '7', '18446744073709551615');
  const counts = (...keys: string[]) => Object.fromEntries([...keys, text(), text()].map((key) => [key, number()]));
  return {
    schema: 1,
    version: text(),
    pid: number(),
    uptimeSeconds: number(),
    state: { name: pick('starting', 'feeding', 'recovering', 'holding'), reason: text(), forSeconds: number() },
    phc: or({
      path: text(),
      name: text(),
      method: pick('PRECISE', 'EXTENDED', 'BASIC', null),
      refusals: [{ method: text(), code: text(), meaning: text() }],
      timescale: pick('UTC', 'TAI', 'shifted', null),
      shiftSeconds: or(number()),
      timescaleReason: text(),
    }),
    vmclock: or({
      path: text(),
      marker: digits(),
      generation: or(digits()),
      seqCount: number(),
      clockStatus: pick('unknown', 'synchronised', 'unreliable', 'unknown (17)'),
      flags: pick([], ['TAI_OFFSET_VALID', 'TAI_OFFSET_VALID'], ['bit 40', text()]),
      leap: pick('none', 'insert', 'unknown (200)'),
      watching: pick('poll', 'look'),
      unsettledForSeconds: or(number()),
    }),
    sample: or({
      offsetNs: number(),
      bracketNs: number(),
      boundNs: Math.abs(number()),
      hostErrorNs: or(number()),
      ageSeconds: number(),
    }),
    rate: or({ phcPpm: number(), uncertaintyPpm: number() }),
    sock: { path: text(), sent: number(), dropped: counts('ENOENT', '__proto__'), failing: text() },
    chronyd: or({
      path: text(),
      reachable: random() < 0.7,
      error: text(),
      synchronised: random() < 0.5,
      selectsUs: random() < 0.5,
      refid: text(),
      stratum: number(),
      offsetNs: number(),
      frequencyPpm: number(),
      skewPpm: number(),
      rootDispersionNs: number(),
      poll: or(pick(-32, 0, 6, 32)),
      ageSeconds: number(),
    }),
    disruptions: {
      count: number(),
      last: or({
        cause: pick('marker', 'generation', 'marker and generation', 'inferred', 'while the daemon was down'),
        noticedAt: pick('2026-11-21T00:59:05.123Z', text()),
        agoSeconds: number(),
        marker: or(digits()),
        generation: or(digits()),
        resetAnsweredMs: or(number()),
        correctedMs: or(number()),
        firstSampleMs: or(number()),
        synchronisedMs: or(number()),
        offsetThenNs: or(number()),
      }),
    },
    events: Array.from({ length: Math.floor(random() * 15) }, () => ({
      number: number(),
      kind: pick('disruption', ...EVENT_KINDS),
      at: text(),
      agoSeconds: number(),
      message: text(),
      facts: { fact: text() },
    })),
    counters: counts('readings', 'rejected', 'constructor'),
  };
}
