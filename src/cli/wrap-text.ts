/**
 * Breaks text at its blanks into lines of at most `width` characters. A word longer than that gets a line of its own, whole:
 * half a path or a command is no use to anybody.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
