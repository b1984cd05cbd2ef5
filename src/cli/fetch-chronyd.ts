import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why chronyd could not be fetched: one sentence. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
}

export interface FetchChronydOptions {
  /** Where the private copy goes; replaced if it exists. The program to run is `chronyd` in it. */
  readonly directory: string;
  /** Another release than this machine's, fetched together with its own libc. */
  readonly suite?: string;
  readonly log: (line: string) => void;
}

/**
 * Fetches the distribution's chrony package and the libraries it lacks here, and unpacks them into `directory`.
 * Nothing is installed, no root is needed, and apt keeps its lists in `directory` while it works, so a
 * fresh container without any will do.
 *
 * @throws FetchError when this is no Debian or Ubuntu, or the archive cannot be reached.
 */
export async function fetchChronyd(options: FetchChronydOptions): Promise<void> {
  const { directory, suite, log } = options;
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb')) {
    throw new FetchError(
      'chronyd cannot be fetched, since this is not Debian or Ubuntu (no apt-get, dpkg-deb): install chrony by your distribution, or set VMCLOCKD_CHRONYD to a chronyd',
    );
  }
  const work = `${directory}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  const apt = { lists: join(work, 'apt/lists'), cache: join(work, 'apt/cache'), debs: join(work, 'apt/debs') };
  for (const path of [join(apt.lists, 'partial'), join(apt.cache, 'archives/partial'), apt.debs]) {
    mkdirSync(path, { recursive: true });
  }
  try {
    log(`fetching chrony${suite === undefined ? '' : ` of ${suite}`} from the distribution's archive`);
    await download(apt, suite === undefined ? [] : await foreignSuite(work, suite), suite !== undefined);
    await unpack(apt.debs, work);
    for (const unneeded of ['apt', 'root/usr/share']) rmSync(join(work, unneeded), { recursive: true, force: true });
    writeWrapper(work);
    rmSync(directory, { recursive: true, force: true });
    renameSync(work, directory);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

type AptDirectories = { readonly lists: string; readonly cache: string; readonly debs: string };

/** Downloads the packages, first by the lists the machine has (quick), then by lists of our own. */
async function download(apt: AptDirectories, options: readonly string[], foreign: boolean): Promise<void> {
  // As root apt would drop to a user who may not write here; it has nothing to protect but our own folder.
  const common = ['-qq', '-o', 'APT::Sandbox::User=root', '-o', `Dir::Cache=${apt.cache}`, ...options];
  const own = [...common, '-o', `Dir::State::Lists=${apt.lists}`];
  if (!foreign && (await downloaded(apt.debs, common)) === undefined) return;
  await command('apt-get', [...own, 'update'], 'read the archive’s lists');
  const failure = await downloaded(apt.debs, own);
  if (failure !== undefined) throw failure;
}

async function downloaded(debs: string, options: readonly string[]): Promise<FetchError | undefined> {
  try {
    const plan = await command(
      'apt-get',
      [...options.filter((option) => option !== '-qq'), '-s', '--no-install-recommends', 'install', 'chrony'],
      'find chrony',
    );
    // Of what an installation would bring, chronyd needs the libraries only.
    const names = [...plan.matchAll(/^Inst (lib\S+)/gm)].map((match) => match[1] ?? '');
    await command('apt-get', [...options, 'download', 'chrony', ...names], 'download chrony', debs);
    return undefined;
  } catch (error) {
    if (error instanceof FetchError) return error;
    throw error;
  }
}

/**
 * apt options for another release: the machine's own mirror, and an empty package status, so that everything
 * chronyd needs is found missing, its libc included.
 */
async function foreignSuite(work: string, suite: string): Promise<readonly string[]> {
  const configured = await command('apt-get', ['update', '--print-uris'], 'read apt’s configuration');
  const mirror = /'(\S+)\/dists\/[a-z]+\/(?:In)?Release'/.exec(configured)?.[1];
  if (mirror === undefined) throw new FetchError('chronyd cannot be fetched: apt has no archive configured');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const sources = join(work, 'apt/sources.list');
  const status = join(work, 'apt/status');
  writeFileSync(sources, `deb ${existsSync(keyring) ? `[signed-by=${keyring}] ` : ''}${mirror} ${suite} main\n`);
  writeFileSync(status, '');
  const settings = [`Dir::Etc::SourceList=${sources}`, 'Dir::Etc::SourceParts=-', `Dir::State::Status=${status}`];
  return settings.flatMap((setting) => ['-o', setting]);
}

async function unpack(debs: string, into: string): Promise<void> {
  for (const name of readdirSync(debs)) {
    await command('dpkg-deb', ['-x', join(debs, name), join(into, 'root')], `unpack ${name}`);
  }
}

/** Starts the copy with its own libraries, and its own loader where it came with a libc. */
function writeWrapper(directory: string): void {
  const libraries = ['usr/lib', 'lib']
    .map((library) => join('root', library))
    .filter((library) => existsSync(join(directory, library)))
    .flatMap((library) =>
      readdirSync(join(directory, library))
        .filter((name) => name.endsWith('-linux-gnu'))
        .map((name) => join(library, name)),
    );
  const loader = libraries
    .flatMap((library) => readdirSync(join(directory, library)).map((name) => join(library, name)))
    .find((path) => /\/ld-linux-[^/]+\.so\.\d+$/.test(path));
  const search = libraries.map((library) => `$here/${library}`).join(':');
  const program = '"$here/root/usr/sbin/chronyd" "$@"';
  const bundled = search === '' ? `exec ${program}` : `LD_LIBRARY_PATH="${search}" exec ${program}`;
  const start = loader === undefined ? bundled : `exec "$here/${loader}" --library-path "${search}" ${program}`;
  const path = join(directory, 'chronyd');
  writeFileSync(path, `#!/bin/sh\nhere=\${0%/*}\n${start}\n`);
  chmodSync(path, 0o755);
}

async function command(program: string, args: readonly string[], purpose: string, cwd = '/'): Promise<string> {
  try {
    const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
    return (await run(program, args, { cwd, env, timeout: 300_000, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const line = text.split('\n').find((candidate) => candidate.startsWith('E:')) ?? text.trim().split('\n')[0] ?? '';
    throw new FetchError(
      `chronyd cannot be fetched: ${program} could not ${purpose} (${line.replace(/^E: /, '')}): is the archive reachable? Otherwise install chrony, or set VMCLOCKD_CHRONYD to a chronyd`,
    );
  }
}
