import { currentClocksource } from './current-clocksource.js';
import { CLOCK_MONOTONIC_RAW, CLOCK_REALTIME, CLOCK_TAI, clockGettime } from './libc.js';

const QUARTER_SECOND_NS = 250_000_000n;
const TRIES = 3;

/** The guest's clocks, read through libc. */
export class SystemClocks {
  /** CLOCK_MONOTONIC_RAW, ns: never steered, never stepped. */
  monotonicRawNs(): bigint {
    return clockGettime(CLOCK_MONOTONIC_RAW);
  }

  /** CLOCK_REALTIME, ns since 1970. */
  realtimeNs(): bigint {
    return clockGettime(CLOCK_REALTIME);
  }

  /** What the kernel counts, such as "tsc"; "" when it does not tell. It may change at any time. */
  clocksource(): string {
    return currentClocksource();
  }

  /** The kernel's TAI − UTC, whole seconds; 0 when nobody has told the kernel. */
  kernelTaiOffsetSeconds(): number {
    let offsetNs = 0n;
    for (let tries = 0; tries < TRIES; tries++) {
      const before = clockGettime(CLOCK_REALTIME);
      const tai = clockGettime(CLOCK_TAI);
      const after = clockGettime(CLOCK_REALTIME);
      offsetNs = tai - before;
      // A process held up, or a clock stepped, between the two calls would round to the wrong second.
      if (after >= before && after - before < QUARTER_SECOND_NS) break;
    }
    return Math.round(Number(offsetNs) / 1e9);
  }
}
