/**
 * chrony's 32-bit float: a signed 7-bit exponent e in the high bits, a signed 25-bit coefficient c below it,
 * no hidden bit; the value is c · 2^(e − 25). Source: chrony's candm.h, Float.
 *
 * One resolution step is at most 2^-23 of the value, so encoding errs by up to 6e-8 of it: 0.2 s is kept
 * to 7.5 ns, an hour to 0.1 ms.
 */
const COEFFICIENT_BITS = 25;
const COEFFICIENT_LIMIT = 2 ** (COEFFICIENT_BITS - 1);
const EXPONENT_MIN = -64;
const EXPONENT_MAX = 63;

/** The largest value a chrony float holds, (2^24 − 1) · 2^38. */
export const CHRONY_FLOAT_MAX = (COEFFICIENT_LIMIT - 1) * 2 ** (EXPONENT_MAX - COEFFICIENT_BITS);

/** The value of a chrony float given as an unsigned (or signed) 32-bit number. Every bit pattern has one. */
export function decodeChronyFloat(bits: number): number {
  const exponent = (bits | 0) >> COEFFICIENT_BITS;
  const coefficient = (bits << (32 - COEFFICIENT_BITS)) >> (32 - COEFFICIENT_BITS);
  return coefficient * 2 ** (exponent - COEFFICIENT_BITS);
}

/**
 * The chrony float nearest to `value`, as an unsigned 32-bit number. Values nearer to zero than 2^-66 lose
 * precision and at last become 0, as in chrony.
 *
 * @throws RangeError for what is not a number and for |value| > CHRONY_FLOAT_MAX: chrony would clamp it, which
 *   is not what somebody who commands a step has in mind.
 */
export function encodeChronyFloat(value: number): number {
  if (!(Math.abs(value) <= CHRONY_FLOAT_MAX)) {
    throw new RangeError(`chrony float: ${value} is outside ±${CHRONY_FLOAT_MAX}`);
  }
  if (value === 0) {
    return 0;
  }
  // Puts the coefficient into [2^23, 2^24); log2 may err in its last bit, which the loop below mends.
  let exponent = Math.min(EXPONENT_MAX, Math.max(EXPONENT_MIN, Math.floor(Math.log2(Math.abs(value))) + 2));
  let coefficient = Math.round(value * 2 ** (COEFFICIENT_BITS - exponent));
  while (Math.abs(coefficient) >= COEFFICIENT_LIMIT) {
    exponent += 1;
    coefficient = Math.round(value * 2 ** (COEFFICIENT_BITS - exponent));
  }
  if (coefficient === 0) {
    return 0;
  }
  return ((exponent << COEFFICIENT_BITS) | (coefficient & (2 ** COEFFICIENT_BITS - 1))) >>> 0;
}
