import { chmodSync, lstatSync, lutimesSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Writes a text into a tree, folders included. */
export function put(root: string, path: string, content: string | Uint8Array): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** As put(), compressed as Debian wants it: nothing of the time or the name in the header. */
export function putCompressed(root: string, path: string, content: string | Uint8Array): void {
  put(root, `${path}.gz`, gzipSync(content, { level: 9 }));
}

/** The files and links of a tree, from its root, sorted. */
export function filesOf(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !lstatSync(join(root, path)).isDirectory())
    .sort();
}

/** Gives everything the modes and the time that it shall have, whatever the umask and the clock were. */
export function normalise(root: string, seconds: number, executables: ReadonlySet<string>): void {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  for (const path of [...paths.sort().reverse(), '']) {
    const full = join(root, path);
    const entry = lstatSync(full);
    if (!entry.isSymbolicLink()) chmodSync(full, entry.isDirectory() || executables.has(path) ? 0o755 : 0o644);
    lutimesSync(full, seconds, seconds);
  }
}
