/**
 * A reference id as people write it: its four bytes where they are printable ASCII (trailing NULs left out, as
 * in chrony's "PPS"), else eight hexadecimal digits.
 *
 * @param refId 32 bits, the first character in the highest byte.
 */
export function refIdName(refId: number): string {
  const bytes = [24, 16, 8, 0].map((shift) => (refId >>> shift) & 0xff);
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.slice(0, end);
  const padding = bytes.slice(text.length);
  const printable =
    text.length > 0 && text.every((byte) => byte > 0x20 && byte < 0x7f) && padding.every((byte) => byte === 0);
  return printable ? String.fromCharCode(...text) : (refId >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

/**
 * The 32 bits of a name of one to four printable ASCII characters, such as "VMCK".
 *
 * @throws RangeError for any other name.
 */
export function refIdOf(name: string): number {
  if (!/^[\x21-\x7e]{1,4}$/.test(name)) {
    throw new RangeError(`refid: ${JSON.stringify(name)} is not one to four printable ASCII characters`);
  }
  return [0, 1, 2, 3].reduce((number, index) => ((number << 8) | (name.charCodeAt(index) || 0)) >>> 0, 0);
}
