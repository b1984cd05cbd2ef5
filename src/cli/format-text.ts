/**
 * Text from outside as it may go to a terminal: control characters, escape sequences and the marks that turn
 * writing around are shown as codes, so that no clock name or error text can draw on the reader's screen.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (c) => {
    const code = c.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
