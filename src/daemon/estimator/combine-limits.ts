/** What one reading proves about an offset: it lies in [lowerNs, upperNs]. */
export interface Limits {
  readonly lowerNs: number;
  readonly upperNs: number;
}

/** The best value within limits that all hold, and how far it can be off. */
export interface Combined {
  readonly valueNs: number;
  /** The true value lies in [lowerNs, upperNs] if the limits hold. */
  readonly lowerNs: number;
  readonly upperNs: number;
  /** By how much the limits contradict each other, ns; 0 when they do not. */
  readonly gapNs: number;
}

/** One in so many limits is averaged on each side: three of a full batch of 25, one of a few. */
const AVERAGED_ONE_IN = 8;

/**
 * Combines limits on the same offset.
 *
 * Two estimates compete. The middle of the intersection needs just one quick way there and one quick way back,
 * not both in the same reading, so it is by far the best where delays are one-sided spikes on a sharp floor. An
 * average is better where the floor is blurred, by noise within the brackets or by the clocks' ticks. The
 * middle between the mean of the three highest lower limits and the mean of the three lowest upper limits
 * loses little against either on any of the measured shapes (test/daemon/estimator/select-offset.test.ts). It is then
 * moved into the intersection, which can only bring it closer to the truth.
 *
 * @param estimated limits for the estimate: one per reading
 * @param proven limits for the proof: the same ones, widened by what could have changed between the readings
 */
export function combineLimits(estimated: readonly Limits[], proven: readonly Limits[]): Combined {
  let lowerNs = Number.NEGATIVE_INFINITY;
  let upperNs = Number.POSITIVE_INFINITY;
  for (const limits of proven) {
    if (limits.lowerNs > lowerNs) lowerNs = limits.lowerNs;
    if (limits.upperNs < upperNs) upperNs = limits.upperNs;
  }
  const gapNs = Math.max(0, lowerNs - upperNs);
  if (gapNs > 0) [lowerNs, upperNs] = [upperNs, lowerNs];

  const averaged = Math.max(1, Math.round(estimated.length / AVERAGED_ONE_IN));
  const uppers = estimated.map((limits) => limits.upperNs).sort((a, b) => a - b);
  const lowers = estimated.map((limits) => limits.lowerNs).sort((a, b) => b - a);
  const middle = (mean(uppers, averaged) + mean(lowers, averaged)) / 2;
  return { valueNs: Math.min(upperNs, Math.max(lowerNs, middle)), lowerNs, upperNs, gapNs };
}

/** Mean of the first `count` values. */
function mean(values: readonly number[], count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i] ?? 0;
  return sum / count;
}
