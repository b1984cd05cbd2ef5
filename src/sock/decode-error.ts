/** Bytes that are not what they should be: which field, what was found, what was expected. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** What was being decoded, such as "SOCK sample" or "TRACKING reply". */
  readonly what: string;
  /** The first field that was wrong, such as "length" or "magic". */
  readonly field: string;
  readonly found: number | string;
  readonly expected: number | string;

  constructor(what: string, field: string, found: number | string, expected: number | string) {
    super(`${what}: ${field} is ${found}, expected ${expected}`);
    this.what = what;
    this.field = field;
    this.found = found;
    this.expected = expected;
  }
}
