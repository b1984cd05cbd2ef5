import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../daemon/error-code.js';

/** Larger than any file we ask for. */
const LONGEST = 1 << 20;

/** Files below a root folder, which is "/" but in tests. Paths are as seen from in there. Nothing here throws. */
export class RootFiles {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** The true path, with the root in front. */
  outside(path: string): string {
    return join(this.#root, path);
  }

  /** The path without the root. */
  inside(path: string): string {
    const root = this.#root.replace(/\/+$/, '');
    return path.startsWith(`${root}/`) ? path.slice(root.length) : path;
  }

  /** The text of a regular file, at most a megabyte, or the errno name. */
  read(path: string): { readonly text: string } | { readonly error: string } {
    try {
      // A FIFO or a tty in place of the file must not hold us.
      const fd = openSync(this.outside(path), constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      try {
        if (!fstatSync(fd).isFile()) return { error: 'not a regular file' };
        return { text: readBounded(fd) };
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      return { error: errorCode(error) };
    }
  }

  /** The text, trimmed; "" when there is none. */
  word(path: string): string {
    const answer = this.read(path);
    return 'text' in answer ? answer.text.trim() : '';
  }

  /** The names in a folder, sorted, or the errno name. */
  list(path: string): readonly string[] | { readonly error: string } {
    try {
      return readdirSync(this.outside(path)).sort();
    } catch (error) {
      return { error: errorCode(error) };
    }
  }

  /** The names in a folder; none when it cannot be listed. */
  names(path: string): readonly string[] {
    const names = this.list(path);
    return 'error' in names ? [] : names;
  }

  /** Where links lead to; the path itself when they lead nowhere. */
  real(path: string): string {
    try {
      return this.inside(realpathSync(this.outside(path)));
    } catch {
      return path;
    }
  }
}

/** Files of /proc have no size: they are read to their end. */
function readBounded(fd: number): string {
  const chunks: Buffer[] = [];
  for (let total = 0; total < LONGEST; ) {
    const chunk = Buffer.alloc(65536);
    const count = readSync(fd, chunk);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    total += count;
  }
  return Buffer.concat(chunks).toString('utf8');
}
