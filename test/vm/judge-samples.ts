import type { DaemonNotice } from './daemon-notices.js';
import type { ToldPage } from './hypervisor.js';
import { type RecordedSample, sampleErrorNs } from './recorded-samples.js';
import { counterAt, nanosecondsAt } from './time-line.js';

/** What became of the samples around disruptions. */
export interface Verdict {
  readonly right: number;
  /** Left in the last step; see `judgeSamples()`. */
  readonly inLastStep: readonly RecordedSample[];
  readonly wrong: readonly RecordedSample[];
  /** Largest error of a right one, ns. */
  readonly worstNs: number;
}

export interface JudgingRules {
  /** PHC − UTC. */
  readonly shiftSeconds: number;
  /** A right sample is off by less than this. */
  readonly limitNs: number;
  readonly told: ReadonlyMap<number, ToldPage>;
  readonly notices: readonly DaemonNotice[];
}

/**
 * Holds each sample against the line of the page it arrived under; while the page was odd that is the page to come.
 *
 * The guest is paused for a disruption, so there is an instant before which all is old and after which all is new. Between
 * a sender's last look at the page and the datagram's arrival lie some instructions, and no sender can exclude that
 * the pause falls between them. Such a datagram must be of the page just before, the first to arrive under the new
 * one, and the sender must notice the disruption after it and not before. Only then it counts as left in the last
 * step. All else that is off is wrong.
 */
export function judgeSamples(samples: readonly RecordedSample[], rules: JudgingRules): Verdict {
  let [right, worstNs] = [0, 0];
  const wrong: RecordedSample[] = [];
  const inLastStep: RecordedSample[] = [];
  samples.forEach((sample, index) => {
    const page = pageOf(sample);
    const error = errorUnder(sample, page, rules);
    if (error <= rules.limitNs) {
      right += 1;
      worstNs = Math.max(worstNs, error);
      return;
    }
    const previous = samples[index - 1];
    const isFirst = previous === undefined || pageOf(previous) < page;
    const wasRight = errorUnder(sample, page - 2, rules) <= rules.limitNs;
    if (isFirst && wasRight && noticedAfter(sample, page, rules)) inLastStep.push(sample);
    else wrong.push(sample);
  });
  return { right, inLastStep, wrong, worstNs };
}

/** Sequence count of the page a sample is held against. */
function pageOf({ arrivedSeqCount }: RecordedSample): number {
  return arrivedSeqCount + (arrivedSeqCount % 2);
}

/** |error|, ns, had the page with this sequence count been in force on arrival; infinite if there was none. */
export function errorUnder(sample: RecordedSample, seqCount: number, { told, shiftSeconds }: JudgingRules): number {
  const inForce = told.get(sample.truth.seqCount);
  const wanted = told.get(seqCount);
  if (inForce === undefined || wanted === undefined) return Number.POSITIVE_INFINITY;
  // The truth was read at one counter value, which lies on every line.
  const shift = BigInt(shiftSeconds) * 1_000_000_000n;
  const lineNs = sample.truth.deviceNs - shift;
  const deviceNs = wanted.line === inForce.line ? lineNs : nanosecondsAt(wanted.line, counterAt(inForce.line, lineNs));
  const truth = { ...sample.truth, deviceNs: deviceNs + shift };
  return Math.abs(sampleErrorNs({ ...sample, truth }, shiftSeconds, wanted.ppm));
}

/** Whether the daemon noticed this page's disruption (or, at once with it, a later one) only when the sample had left. */
function noticedAfter(sample: RecordedSample, seqCount: number, { told, notices }: JudgingRules): boolean {
  const page = told.get(seqCount);
  if (page === undefined) return false;
  const notice = notices.find(({ marker, generation }) => marker >= page.marker && generation >= page.generation);
  // The log has milliseconds, rounded down.
  return notice !== undefined && notice.realtimeNs + 1_000_000n >= sample.truth.realtimeNs;
}
