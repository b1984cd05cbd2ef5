/** Time as a straight line over the guest's counter: what a hypervisor knows, and here the truth. */
export interface TimeLine {
  /** Counter at the reference instant. */
  readonly counter: bigint;
  /** The reference instant, units of 2^-64 s since 1970, on the page's time scale. */
  readonly time64: bigint;
  /** Period of the counter, units of 2^-(64 + PERIOD_SHIFT) s. */
  readonly period: bigint;
}

/** Leaves a period of 0.3 to 1 ns some 60 significant bits. */
export const PERIOD_SHIFT = 28;
const ONE_SECOND_64 = 1n << 64n;
const NS = 1_000_000_000n;

/** @param hertz the counter's frequency; fractions are kept to 1 µHz. */
export function timeLine(counter: bigint, timeNs: bigint, hertz: number): TimeLine {
  const microHertz = BigInt(Math.round(hertz * 1e6));
  const period = ((ONE_SECOND_64 << BigInt(PERIOD_SHIFT)) * 1_000_000n) / microHertz;
  return { counter, time64: (timeNs * ONE_SECOND_64) / NS, period };
}

/** Time at a counter value, units of 2^-64 s. */
export function timeAt(line: TimeLine, counter: bigint): bigint {
  return line.time64 + (((counter - line.counter) * line.period) >> BigInt(PERIOD_SHIFT));
}

/** Time at a counter value, ns, rounded down. */
export function nanosecondsAt(line: TimeLine, counter: bigint): bigint {
  return (timeAt(line, counter) * NS) >> 64n;
}

/** Counter at which the line reaches a time, rounded down to the time's resolution. */
export function counterAt(line: TimeLine, timeNs: bigint): bigint {
  return line.counter + (((timeNs * ONE_SECOND_64) / NS - line.time64) << BigInt(PERIOD_SHIFT)) / line.period;
}

/** The same line told from another point: what a hypervisor does at an ordinary refresh. */
export function reanchored(line: TimeLine, counter: bigint): TimeLine {
  return { counter, time64: timeAt(line, counter), period: line.period };
}

/**
 * A line that leaves the old one at `counter`: what the guest meets after a migration.
 * @param stepNs true time jumps ahead by this much, ns.
 * @param ppm true time runs faster against the counter by this much from here on.
 */
export function disrupted(line: TimeLine, counter: bigint, stepNs: number, ppm: number): TimeLine {
  const factor = BigInt(Math.round((1 + ppm * 1e-6) * 1e15));
  return {
    counter,
    time64: timeAt(line, counter) + (BigInt(Math.round(stepNs)) * ONE_SECOND_64) / NS,
    period: (line.period * factor) / 1_000_000_000_000_000n,
  };
}
