import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './repository.js';
import { run } from './run.js';

/**
 * Turns Markdown, in ronn's manner, into a manual page. An item of a list that begins with a line "term:" becomes a
 * tagged paragraph.
 *
 * @param seconds the date in its footer, s since 1970
 */
export function manualPage(markdown: string, version: string, seconds: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'vmclockd-man-'));
  try {
    const file = join(folder, 'page.md');
    writeFileSync(file, unwrap(markdown));
    const converter = join(repositoryRoot, 'node_modules/marked-man/bin/marked-man.js');
    // The converter reads a file whose name comes last.
    const roff = run(process.execPath, [converter, `--man-version=vmclockd ${version}`, '--manual=vmclockd', file], {
      cwd: folder,
      env: { SOURCE_DATE_EPOCH: String(seconds), TZ: 'UTC', LC_ALL: 'C' },
    });
    return withoutEntities(roff).replace(/^\.IP \\\(bu 2\n(.*):\n\.br\n/gm, '.TP\n$1\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Joins the lines of a paragraph: the converter would keep every line end. Two blanks at an end keep it. */
function unwrap(markdown: string): string {
  const joined: string[] = [];
  for (const line of markdown.split('\n')) {
    const last = joined.at(-1) ?? '';
    const continues = /^ {0,3}[^\s*#]/.test(line) && /\S$/.test(last) && !/^#|^ {4}|^\* .*:$/.test(last);
    if (continues) joined[joined.length - 1] = `${last} ${line.replace(/^ +/, '')}`;
    else joined.push(line);
  }
  return joined.join('\n');
}

/** The converter leaves these characters in code as HTML has them. */
function withoutEntities(roff: string): string {
  const characters: Readonly<Record<string, string>> = { quot: '"', lt: '<', gt: '>', '#39': "'", amp: '&' };
  return roff.replace(/&(quot|lt|gt|#39|amp);/g, (_, name: string) => characters[name] ?? '');
}
