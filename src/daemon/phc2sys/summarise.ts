import type { ServoSample } from './sample-line.js';
import type { MeanAndDeviation, ServoSummary } from './summary-line.js';

/**
 * What `phc2sys -u N` says of N updates. Deviations are those of the N themselves (divided by N, not N − 1).
 *
 * @param samples at least one, oldest first
 * @throws RangeError without any
 */
export function summarise(samples: readonly ServoSample[]): ServoSummary {
  const last = samples.at(-1);
  if (last === undefined) throw new RangeError('nothing to summarise');
  const offsets = samples.map(({ offsetNs }) => Number(offsetNs));
  const delays = samples.flatMap(({ delayNs }) => (delayNs === undefined ? [] : [delayNs]));
  return {
    monotonicNs: last.monotonicNs,
    rmsNs: Math.sqrt(mean(offsets.map((offset) => offset ** 2))),
    maxNs: Math.max(...offsets.map(Math.abs)),
    frequencyPpb: meanAndDeviation(samples.map(({ frequencyPpb }) => frequencyPpb)),
    delayNs: delays.length === 0 ? undefined : meanAndDeviation(delays),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanAndDeviation(values: readonly number[]): MeanAndDeviation {
  const middle = mean(values);
  return { mean: middle, deviation: Math.sqrt(mean(values.map((value) => (value - middle) ** 2))) };
}
