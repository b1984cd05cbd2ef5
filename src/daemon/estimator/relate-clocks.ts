import type { ClockPair } from '../../ioctl/reading.js';

/** Fastest slew of CLOCK_REALTIME that is not called a step: chronyd goes up to 83333 ppm, so 10 %. */
export const MAX_SLEW_RATIO = 0.1;

/** How CLOCK_REALTIME stood to CLOCK_MONOTONIC_RAW between two pairs. */
export interface ClockRelation {
  /** Change of (realtime − raw) from the first pair to the second, ns. */
  readonly changeNs: number;
  /** Time between the pairs by CLOCK_MONOTONIC_RAW, ns; >= 0 unless the pairs are in the wrong order. */
  readonly elapsedNs: number;
  /** The change is known to ± this, ns: half of both widths. */
  readonly uncertaintyNs: number;
  /** The change is more than widths and the fastest slew explain: the system clock was stepped in between. */
  readonly stepped: boolean;
}

/** Compares two pairs, `before` taken first. */
export function relateClocks(before: ClockPair, after: ClockPair): ClockRelation {
  const changeNs = Number(realtimeMinusRaw(after) - realtimeMinusRaw(before));
  const elapsedNs = Number(after.monotonicRawNs - before.monotonicRawNs);
  const widthsNs = before.widthNs + after.widthNs;
  return {
    changeNs,
    elapsedNs,
    uncertaintyNs: widthsNs / 2,
    stepped: Math.abs(changeNs) > widthsNs + MAX_SLEW_RATIO * Math.abs(elapsedNs),
  };
}

/** CLOCK_REALTIME − CLOCK_MONOTONIC_RAW of a pair, ns. */
export function realtimeMinusRaw(pair: ClockPair): bigint {
  return pair.realtimeNs - pair.monotonicRawNs;
}
