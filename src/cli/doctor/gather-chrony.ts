import type { ChronyFacts, ProcessFacts } from './doctor-facts.js';
import type { Outside } from './outside.js';
import { readChronyConf } from './read-chrony-conf.js';
import { refclockLine } from './refclock-line.js';
import type { RootFiles } from './root-files.js';
import { chronydProcess, controlsClock } from './who-runs.js';

const BINARIES = ['/usr/sbin/chronyd', '/usr/local/sbin/chronyd', '/sbin/chronyd', '/usr/bin/chronyd'];
const CONFIGURATIONS = ['/etc/chrony/chrony.conf', '/etc/chrony.conf'];
const UNIT_FOLDERS = ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'];

/** chronyd's program and configuration. It is not asked anything: vmclockd's status has what it would say. */
export async function gatherChrony(
  files: RootFiles,
  { chronydVersion }: Pick<Outside, 'chronydVersion'>,
  processes: readonly ProcessFacts[],
): Promise<ChronyFacts> {
  const binary = BINARIES.find((path) => isThere(files, path)) ?? '';
  const file = configurationFile(files, chronydProcess(processes));
  const conf = readChronyConf(file, { read: (path) => files.read(path), list: (path) => files.list(path) });
  const refclocks = conf.directives.flatMap((directive) => refclockLine(directive) ?? []);
  const leapList = conf.directives.filter(({ name }) => name === 'leapseclist').at(-1)?.arguments[0];
  return {
    binary,
    ...(await version(files, chronydVersion, binary)),
    file,
    folder: dropInFolder(files, file),
    conf,
    refclocks,
    devices: refclocks.map(({ path }) => files.real(path)),
    leapListPresent: leapList === undefined ? null : isThere(files, leapList),
    unit: UNIT_FOLDERS.some((folder) => files.names(folder).includes('chrony.service')) ? 'chrony' : 'chronyd',
  };
}

async function version(
  files: RootFiles,
  chronydVersion: Outside['chronydVersion'],
  binary: string,
): Promise<Pick<ChronyFacts, 'version' | 'versionError'>> {
  if (binary === '') return { version: '', versionError: '' };
  try {
    const printed = await chronydVersion(files.outside(binary));
    const found = /\bversion (\d[\w.-]*)/.exec(printed)?.[1];
    if (found !== undefined) return { version: found, versionError: '' };
    return { version: '', versionError: `${binary} -v printed ${JSON.stringify(printed.slice(0, 60))}` };
  } catch (error) {
    return { version: '', versionError: `${binary} -v: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The one that the running chronyd was given with -f, else the distribution's. */
function configurationFile(files: RootFiles, chronyd: ProcessFacts | undefined): string {
  // One that leaves the clock alone (-x) may be anybody's experiment, with a configuration of its own.
  if (chronyd !== undefined && controlsClock(chronyd)) {
    const given = chronyd.arguments.find((_, index, all) => all[index - 1] === '-f');
    if (given?.startsWith('/')) return given;
  }
  return CONFIGURATIONS.find((path) => isThere(files, path)) ?? '/etc/chrony.conf';
}

/** Debian's `confdir /etc/chrony/conf.d`, or the folder of an `include /etc/chrony.d/*.conf`. */
function dropInFolder(files: RootFiles, file: string): string {
  const answer = files.read(file);
  if ('error' in answer) return '';
  return /^\s*(?:confdir\s+(\/\S+)|include\s+(\/\S+)\/\*\.conf)/im.exec(answer.text)?.slice(1).find(Boolean) ?? '';
}

function isThere(files: RootFiles, path: string): boolean {
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  return files.names(folder).includes(path.slice(path.lastIndexOf('/') + 1));
}
