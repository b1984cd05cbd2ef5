import { basename, dirname, join } from 'node:path';
import { type ChronyDirective, parseChronyConf } from './chrony-conf.js';
import { globPattern } from './glob-pattern.js';

/** What the reading of a configuration asks of the file system. */
export interface ConfFiles {
  /** The text of a file, or the errno name why there is none. */
  readonly read: (path: string) => { readonly text: string } | { readonly error: string };
  /** The names in a folder, or the errno name. */
  readonly list: (path: string) => readonly string[] | { readonly error: string };
}

/** chronyd's configuration with all that it includes. */
export interface ChronyConf {
  /** In the order in which chronyd reads them. */
  readonly directives: readonly ChronyDirective[];
  /** Every file that was read, the main one first. */
  readonly files: readonly string[];
  /** What could not be read: `/etc/chrony/keys.d: EACCES`. */
  readonly unreadable: readonly { readonly path: string; readonly error: string }[];
}

/** chronyd stops at this depth of `include`. It also ends files that include themselves. */
const DEEPEST = 10;
/** More files than anybody has: an end to what ten nested globs could ask for. */
const MOST_FILES = 500;

/** Reads chronyd's configuration as chronyd does: `include` with its globs, `confdir`, `sourcedir`. Never throws. */
export function readChronyConf(path: string, source: ConfFiles): ChronyConf {
  const directives: ChronyDirective[] = [];
  const files: string[] = [];
  const unreadable: { path: string; error: string }[] = [];

  const readFile = (file: string, depth: number): void => {
    if (depth > DEEPEST || files.length >= MOST_FILES) {
      unreadable.push({ path: file, error: 'includes too deep or too many' });
      return;
    }
    const answer = source.read(file);
    if ('error' in answer) {
      unreadable.push({ path: file, error: answer.error });
      return;
    }
    files.push(file);
    for (const directive of parseChronyConf(answer.text, file)) {
      const [argument = ''] = directive.arguments;
      if (directive.name === 'include') readAll(matching(argument), depth);
      else if (directive.name === 'confdir') readAll(inFolders(directive.arguments, '.conf'), depth);
      else if (directive.name === 'sourcedir') readAll(inFolders(directive.arguments, '.sources'), depth);
      else directives.push(directive);
    }
  };
  const readAll = (paths: readonly string[], depth: number) => {
    for (const file of paths) readFile(file, depth + 1);
  };
  const listed = (folder: string): readonly string[] => {
    const names = source.list(folder);
    if (!('error' in names)) return names;
    // A folder that is not there holds nothing, for chronyd too.
    if (names.error !== 'ENOENT') unreadable.push({ path: folder, error: names.error });
    return [];
  };
  const matching = (pattern: string): string[] => {
    if (!/[*?[]/.test(pattern)) return [pattern];
    const names = globPattern(basename(pattern));
    return listed(dirname(pattern))
      .filter((name) => names.test(name))
      .sort()
      .map((name) => join(dirname(pattern), name));
  };
  // A name in an earlier folder hides the same name in a later one; the order is that of the names.
  const inFolders = (folders: readonly string[], ending: string): string[] => {
    const found = new Map<string, string>();
    for (const folder of folders) {
      for (const name of listed(folder)) {
        if (name.endsWith(ending) && !found.has(name)) found.set(name, join(folder, name));
      }
    }
    return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, file]) => file);
  };

  readFile(path, 0);
  return { directives, files, unreadable };
}
