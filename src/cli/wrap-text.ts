/**
 * Breaks text at its blanks into lines of at most `width` characters. A word longer than that gets a line of its own, whole:
 * half a path is no use to anybody. Nor is half a command, so what stands in backquotes counts as one word, and can be copied.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/(?:`[^`]*`|[^ `]|`)+/g) ?? []) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
