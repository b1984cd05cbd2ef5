import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** /usr/sbin is not in every user's PATH. */
const USUAL_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** The chronyd that the advice is for. */
export interface InstalledChrony {
  readonly path: string;
  /** As it tells it: "4.3", or "DEVELOPMENT". */
  readonly version: string;
}

/**
 * The chronyd that this machine would run: `$VMCLOCKD_CHRONYD` if set, else the first in PATH and the usual folders,
 * else the one that runs now. It is asked for its version and nothing else.
 *
 * @returns undefined when there is none, or none that tells its version
 */
export async function installedChrony(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<InstalledChrony | undefined> {
  const given = environment['VMCLOCKD_CHRONYD'];
  if (given !== undefined && given !== '') return asked(given);
  const directories = (environment['PATH'] ?? '').split(delimiter).filter((directory) => directory.startsWith('/'));
  const candidates = [...new Set([...directories, ...USUAL_DIRECTORIES])].map((directory) =>
    join(directory, 'chronyd'),
  );
  for (const path of [...candidates.filter(isExecutable), ...runningChronyd()]) {
    const found = await asked(path);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function asked(path: string): Promise<InstalledChrony | undefined> {
  try {
    const { stdout } = await run(path, ['-v'], { timeout: 10_000 });
    const version = /version (\S+)/.exec(stdout)?.[1];
    return version === undefined ? undefined : { path, version };
  } catch {
    // What does not run is not what the advice is for; the caller says that the version is not known.
    return undefined;
  }
}

/** Programs of running chronyds; only root sees those of others. */
function runningChronyd(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'chronyd\n' ? [readlinkSync(`/proc/${pid}/exe`)] : [];
    } catch {
      // It has ended meanwhile, or is not ours to look at.
      return [];
    }
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
