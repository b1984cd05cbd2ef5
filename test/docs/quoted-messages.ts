/** What varies in a message. */
const ANYTHING = '…';

/**
 * The messages that a page quotes: the lines of its fenced blocks marked "says". "…" stands for what varies.
 *
 * @param markdown the page
 */
export function quotedMessages(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/^```says\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, lines = '']) => lines.split('\n').filter((line) => line !== ''));
}

/**
 * A source file as its messages read: a string that is spread over several lines in one piece, quotes without their
 * backslashes, what is filled in as "…".
 */
export function messageText(source: string): string {
  return source
    .replace(/\\(['"`])/g, '$1')
    .replace(/['"`] \+\s*['"`]/g, '')
    .replace(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, ANYTHING);
}

/**
 * Whether a source file has this message.
 *
 * @param text of messageText()
 */
export function says(text: string, message: string): boolean {
  const pieces = message.split(ANYTHING).map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  // Within one line of the source, so that a message is not pieced together from several.
  return new RegExp(pieces.join('[^\\n]*')).test(text);
}
