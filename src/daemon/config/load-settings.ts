import { closeSync, openSync, readSync } from 'node:fs';
import { errorCode } from '../error-code.js';
import type { ConfigProblem } from './config-problem.js';
import { type ParsedSettings, parseSettings } from './parse-settings.js';
import type { SettingFlags } from './setting-flags.js';

/** Read when no --config is given; it need not exist. */
export const DEFAULT_CONFIG_FILE = '/etc/vmclockd/vmclockd.toml';

/** Far beyond any sensible file: it keeps a wrong path, such as a disk image, out of memory. */
const LONGEST_FILE = 1 << 20;

/**
 * Settings from a file and the command line. A missing default file means defaults; a file that was named
 * must be there. Never throws.
 *
 * @param source.file the --config flag; undefined reads `defaultFile` where it exists
 */
export function loadSettings(source: {
  readonly file?: string | undefined;
  readonly flags?: SettingFlags;
  readonly defaultFile?: string;
}): ParsedSettings {
  const file = source.file ?? source.defaultFile ?? DEFAULT_CONFIG_FILE;
  const read = readText(file);
  if (read.text !== undefined) return parseSettings(read.text, file, source.flags);
  if (read.code === 'ENOENT' && source.file === undefined) return parseSettings('', file, source.flags);
  return { errors: [read.problem] };
}

type ReadText =
  | { readonly text: string }
  | { readonly text?: never; readonly code: string; readonly problem: ConfigProblem };

function readText(file: string): ReadText {
  let bytes: Buffer;
  try {
    bytes = readBounded(file);
  } catch (error) {
    const code = errorCode(error);
    return { code, problem: { source: file, message: `cannot be read: ${code}`, remedy: remedyFor(code) } };
  }
  if (bytes.length > LONGEST_FILE) {
    const message = `is longer than ${LONGEST_FILE} bytes, so it is not a configuration file`;
    return { code: 'EFBIG', problem: { source: file, message, remedy: 'see the path given with --config' } };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const message = 'is not UTF-8 text, so it is not a configuration file';
    return { code: 'EILSEQ', problem: { source: file, message, remedy: 'see the path given with --config' } };
  }
}

/** Reads up to one byte more than allowed: a device such as /dev/zero has no end and no size. */
function readBounded(file: string): Buffer {
  const fd = openSync(file, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let total = 0; total <= LONGEST_FILE; ) {
      const chunk = Buffer.alloc(65536);
      const count = readSync(fd, chunk);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      total += count;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(fd);
  }
}

function remedyFor(code: string): string {
  switch (code) {
    case 'ENOENT':
      return `create it, or leave --config out to use ${DEFAULT_CONFIG_FILE} or the defaults`;
    case 'EACCES':
      return "make it readable for the daemon's user";
    case 'EISDIR':
      return 'name the file, not its directory';
    default:
      return 'see the path given with --config';
  }
}
