import { styleText } from 'node:util';

/** What a line means, for those who can see colour; the words say it too. */
export type Tone = 'good' | 'warn' | 'bad' | 'plain' | 'dim';

/** A line of output before colour. */
export interface ToneLine {
  readonly text: string;
  readonly tone: Tone;
}

const STYLES = { good: ['bold', 'green'], warn: ['bold', 'yellow'], bad: ['bold', 'red'], dim: ['dim'] } as const;

/** Text for a terminal (`colour`), or for anything else. */
export function renderLines(lines: readonly ToneLine[], colour: boolean): string {
  return lines.map(({ text, tone }) => `${colour ? paint(text, tone) : text}\n`).join('');
}

/** Colour only on a terminal, and not where NO_COLOR asks for none (no-color.org: set, and not empty). */
export function wantsColour(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}

/** A piece of a line in its colour, for a terminal. */
export function paint(text: string, tone: Tone): string {
  if (tone === 'plain' || text === '') return text;
  // The stream has been asked already; styleText would ask stdout again.
  return styleText([...STYLES[tone]], text, { validateStream: false });
}
