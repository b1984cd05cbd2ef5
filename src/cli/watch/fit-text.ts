/** Marks of ours; everything else beyond Latin may take two columns, or none. */
const ONE_COLUMN_EACH = /[^\u0020-\u007e\u00a0-\u00ac\u00ae-\u024f\u03bc\u2026\u2212\u2500-\u257f\u25cf\u25b2\u25bc]/gu;

/** Text that takes as many columns as it has characters: what may not is a "?". */
export function narrow(text: string): string {
  return text.replace(ONE_COLUMN_EACH, '?');
}

/** Cut to the width, with "…" where something is missing. @param text narrow() */
export function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`.slice(0, columns);
}

/** Broken between words into lines of the width; the last line is cut. @param text narrow() */
export function wrap(text: string, columns: number, mostLines: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > columns && lines.length < mostLines - 1) {
    const space = rest.lastIndexOf(' ', columns);
    const end = space > 0 ? space : columns;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, cut(rest, columns)];
}
