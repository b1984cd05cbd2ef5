import type { Advice } from './advise.js';

const WIDTH = 110;

/** The advice as a file for /etc/chrony/conf.d/: only the refclock line is no comment. */
export function formatAdvice(advice: Advice, chronyd: string): string {
  const widest = Math.max(...advice.words.map(({ text }) => label(text).length)) + 2;
  return [
    ...comment(`vmclockd's source for ${chronyd}. To be had again: vmclockd chrony-config`),
    ...comment(
      'For /etc/chrony/conf.d/ (Debian, Ubuntu); elsewhere append it to /etc/chrony.conf. Restart chronyd afterwards: `chronyc reload sources` does not read refclock lines. The reasons at length, and all that was measured: docs/chrony.md',
    ),
    ...advice.warnings.flatMap((warning) => ['#', ...comment(`NOTE: ${warning}.`)]),
    '#',
    ...advice.words.flatMap(({ text, why }) => hanging(label(text), why, widest)),
    advice.line,
    '',
    ...comment('Beside it. A line without its "#" is on:'),
    ...advice.companions
      .filter(({ harmful }) => harmful !== true)
      .flatMap(({ line, why }) => ['#', ...comment(`${why}.`), `#${line}`]),
    '#',
    ...comment('Not beside it, here or in chrony.conf:'),
    ...advice.companions
      .filter(({ harmful }) => harmful === true)
      .flatMap(({ line, why }) => hanging(line, why, 'refclock PHC'.length + 2)),
    '',
  ].join('\n');
}

/** The path is in the line itself, a few lines below. */
function label(text: string): string {
  return text.startsWith('refclock SOCK ') ? 'SOCK path' : text;
}

function comment(text: string): string[] {
  return wrap(text, WIDTH - 2).map((line) => `# ${line}`);
}

/** A word, and beside it what it is for. */
function hanging(word: string, text: string, indent: number): string[] {
  return wrap(text, WIDTH - 2 - indent).map((line, i) => `# ${(i === 0 ? word : '').padEnd(indent)}${line}`);
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
