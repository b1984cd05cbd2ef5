/** Readings below which a common divisor proves nothing. */
const MIN_READINGS = 8;

/** Different spacings below which the stamps are just evenly spaced, unless some are 0. */
const MIN_SPACINGS = 5;

/**
 * The step in which a clock's stamps come, ns: their greatest common divisor. Hyper-V's clock ticks in 100 ns, some
 * firmware in 1 µs; such stamps are off by up to one step, and bounds made of them as well. A clock whose tick is not
 * a whole number of ns cannot be told from a smooth one this way.
 *
 * @param stampsNs stamps relative to the first one, ns, whole numbers, in the order taken
 * @returns the step, >= 1; 1 when the stamps do not show one
 */
export function stampResolutionNs(stampsNs: readonly number[]): number {
  if (stampsNs.length < MIN_READINGS) return 1;
  let divisor = 0;
  const spacings = new Set<number>();
  for (let i = 1; i < stampsNs.length; i++) {
    const spacing = Math.abs((stampsNs[i] ?? 0) - (stampsNs[i - 1] ?? 0));
    spacings.add(spacing);
    divisor = greatestCommonDivisor(divisor, spacing);
    if (divisor === 1) return 1;
  }
  // A clock that now stands still and now leaps ticks visibly, with however few spacings.
  const ticks = spacings.size >= MIN_SPACINGS || (spacings.has(0) && spacings.size > 1);
  return ticks ? Math.max(1, divisor) : 1;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
