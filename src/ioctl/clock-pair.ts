import type { ClockPair } from './reading.js';

/** The two system clocks a pair is made of, ns. */
export interface PairClocks {
  readonly monotonicRawNs: () => bigint;
  readonly realtimeNs: () => bigint;
}

/** The first sandwich after idling is ten times as wide as the next. */
const SANDWICHES = 3;

/**
 * How CLOCK_REALTIME and CLOCK_MONOTONIC_RAW stand to each other now: CLOCK_REALTIME read between two readings of
 * CLOCK_MONOTONIC_RAW, the narrowest of three.
 */
export function readClockPair(clocks: PairClocks): ClockPair {
  let best: ClockPair | undefined;
  let before = clocks.monotonicRawNs();
  for (let taken = 0; taken < SANDWICHES || best === undefined; taken++) {
    const realtimeNs = clocks.realtimeNs();
    const after = clocks.monotonicRawNs();
    const widthNs = Number(after - before);
    if (best === undefined || widthNs < best.widthNs) {
      best = { realtimeNs, monotonicRawNs: (before + after) / 2n, widthNs };
    }
    before = after;
  }
  return best;
}
