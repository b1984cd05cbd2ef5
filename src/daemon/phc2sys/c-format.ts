/**
 * A number as C's `%W.0f` or `%+W.0f` prints it: halves go to the even neighbour, and what rounds to zero from below
 * keeps its sign.
 *
 * @param width least width, blanks on the left; a longer number is not cut
 */
export function wholeNumber(value: number, width: number, sign: '' | '+' = ''): string {
  const size = Math.abs(value);
  const below = Math.floor(size);
  const part = size - below;
  const up = part > 0.5 || (part === 0.5 && below % 2 === 1);
  const digits = BigInt(up ? below + 1 : below).toString();
  const negative = value < 0 || Object.is(value, -0);
  return `${negative ? '-' : sign}${digits}`.padStart(width);
}
