import { execFile } from 'node:child_process';
import { accessSync, constants, copyFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from './cache-directory.js';
import { FetchError, fetchChronyd } from './fetch-chronyd.js';

const run = promisify(execFile);

/** Where distributions put it; /usr/sbin is not in every user's PATH. */
const USUAL_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** A chronyd that runs on this machine. */
export interface Chronyd {
  readonly path: string;
  /** To be added to the environment it is started with. */
  readonly env: Readonly<Record<string, string>>;
  /** Such as "4.3". */
  readonly version: string;
}

export interface EnsureChronydOptions {
  /** May one be fetched from the distribution's archive, when there is none? Nothing is installed. */
  readonly fetch: boolean;
  /** Told, one line each, what is done and why something does not work. */
  readonly log: (line: string) => void;
  /** A release other than this machine's ("trixie", "sid"): only its private copy will do. */
  readonly suite?: string;
}

/**
 * A chronyd to run beside the system's: `$VMCLOCKD_CHRONYD` if set (and then no other), else the installed one,
 * else a private copy that was fetched earlier, else (with `fetch`) one fetched now.
 *
 * It is never installed: on Debian that would start a service and remove systemd-timesyncd, on a machine whose
 * owner has asked for neither.
 *
 * @returns undefined, with a line to `log`, when there is none.
 */
export async function ensureChronyd(options: EnsureChronydOptions): Promise<Chronyd | undefined> {
  const { log } = options;
  const given = process.env['VMCLOCKD_CHRONYD'];
  if (options.suite === undefined && given !== undefined && given !== '') {
    const chronyd = await tried(given);
    if (typeof chronyd === 'string') log(`$VMCLOCKD_CHRONYD is ${given}, which does not run: ${chronyd}`);
    return typeof chronyd === 'string' ? undefined : chronyd;
  }
  const suite = options.suite ?? ownSuite();
  const privateCopy = join(cacheDirectory(), 'chrony', suite, 'chronyd');
  for (const path of options.suite === undefined ? [...installed(), privateCopy] : [privateCopy]) {
    if (!isExecutable(path)) continue;
    const chronyd = await tried(path === privateCopy ? path : unconfined(path));
    if (typeof chronyd !== 'string') return chronyd;
    log(`${path} does not run: ${chronyd}`);
  }
  if (!options.fetch) {
    log('no chronyd here: install chrony, set VMCLOCKD_CHRONYD to one, or run `node scripts/fetch-chronyd.mjs`');
    return undefined;
  }
  try {
    const directory = join(cacheDirectory(), 'chrony', suite);
    await fetchChronyd({ directory, log, ...(options.suite === undefined ? {} : { suite: options.suite }) });
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    log(error.message);
    return undefined;
  }
  const fetched = await tried(privateCopy);
  if (typeof fetched !== 'string') return fetched;
  log(`the chronyd fetched to ${privateCopy} does not run: ${fetched}`);
  return undefined;
}

/** This machine's release, such as "bookworm"; "unknown" where it has no name. */
function ownSuite(): string {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^VERSION_CODENAME="?([a-z][a-z0-9.-]*)"?$/m.exec(release)?.[1] ?? 'unknown';
}

function installed(): readonly string[] {
  const directories = (process.env['PATH'] ?? '').split(delimiter).filter((directory) => directory.startsWith('/'));
  return [...new Set([...directories, ...USUAL_DIRECTORIES])].map((directory) => join(directory, 'chronyd'));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * AppArmor confines chronyd by its path and would keep it out of a temporary directory. A copy under another
 * name is not confined; it gains no right that whoever runs it has not.
 */
function unconfined(path: string): string {
  const confined =
    existsSync('/etc/apparmor.d/usr.sbin.chronyd') && existsSync('/sys/module/apparmor/parameters/enabled');
  if (!confined || readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').trim() !== 'Y') return path;
  const directory = join(cacheDirectory(), 'chrony', 'installed');
  const copy = join(directory, 'chronyd');
  const fresh = existsSync(copy) && statSync(copy).mtimeMs >= statSync(path).ctimeMs;
  if (!fresh) {
    mkdirSync(directory, { recursive: true });
    copyFileSync(path, copy);
  }
  return copy;
}

/** Runs it for its version; a string says why it does not run. */
async function tried(path: string): Promise<Chronyd | string> {
  try {
    const { stdout } = await run(path, ['-v'], { timeout: 10_000 });
    const version = /version (\S+)/.exec(stdout)?.[1];
    return version === undefined ? `it is not chronyd: "${stdout.trim()}"` : { path, env: {}, version };
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n').find((line) => line !== '') ?? '') : String(error);
  }
}
