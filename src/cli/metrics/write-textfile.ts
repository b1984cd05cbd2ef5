import { chmodSync, closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../daemon/error-code.js';

/**
 * Replaces a file in one step: a reader sees the old text or the new, never a part. Mode 0644, whatever the umask: it
 * is for the exporter's user to read. The name in between does not end in .prom, so no collector takes it.
 *
 * @throws Error with what was attempted, the errno name and the remedy
 */
export function writeTextfile(path: string, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    // What a crash left behind, and nothing that somebody put there for us to follow.
    rmSync(temporary, { force: true });
    const fd = openSync(temporary, 'wx', 0o644);
    try {
      // Goes on where write(2) took only a part; writeSync() would not.
      writeFileSync(fd, text);
    } finally {
      closeSync(fd);
    }
    chmodSync(temporary, 0o644);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Error(`cannot write ${path}: ${errorCode(error)}. ${remedy(errorCode(error), path)}`);
  }
}

function remedy(code: string, path: string): string {
  switch (code) {
    case 'ENOENT':
      return `There is no folder ${dirname(path)}: make it, or name the one that node_exporter reads (--collector.textfile.directory)`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `A new file has to be made in ${dirname(path)}: run as its owner, or name another folder`;
    case 'ENOSPC':
    case 'EDQUOT':
      return 'Make room there';
    case 'EISDIR':
      return 'Name a file in that folder, ending in .prom';
    default:
      return 'Name another folder with --textfile';
  }
}
