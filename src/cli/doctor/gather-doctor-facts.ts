import { DEFAULT_CONFIG_FILE } from '../../daemon/config/load-settings.js';
import { DEFAULT_SETTINGS } from '../../daemon/config/settings.js';
import { discoverClocks } from '../../ioctl/discover-clocks.js';
import { probeClock } from '../probe-clock.js';
import type { ClockFacts, PageFacts, SocketFacts } from '../probe-facts.js';
import { machineFacts, socketFacts, vmclockPaths } from '../probe-machine.js';
import { probePage } from '../probe-page.js';
import type { ChronyFacts, DaemonFacts, DoctorFacts, KernelFacts } from './doctor-facts.js';
import { gatherChrony } from './gather-chrony.js';
import { gatherConfinement } from './gather-confinement.js';
import { gatherDaemon } from './gather-daemon.js';
import { gatherKernel } from './gather-kernel.js';
import { gatherNodes } from './gather-nodes.js';
import { gatherProcesses } from './gather-processes.js';
import type { Outside } from './outside.js';
import { RootFiles } from './root-files.js';

/** Looks at everything there is to be seen, and changes nothing. What cannot be seen is left out; it never throws. */
export async function gatherDoctorFacts(outside: Outside): Promise<DoctorFacts> {
  const files = new RootFiles(outside.root);
  const troubles: string[] = [];
  /** One gatherer that fails must not take the others with it. */
  const attempt = async <T>(subject: string, gather: () => T | Promise<T>, instead: T): Promise<T> => {
    try {
      return await gather();
    } catch (error) {
      troubles.push(`${subject}: ${error instanceof Error ? error.message : String(error)}`);
      return instead;
    }
  };

  const machine = await attempt('machine', () => machineFacts(outside.root), NO_MACHINE);
  const processes = await attempt('processes', () => gatherProcesses(files), null);
  const daemon = await attempt('daemon', () => gatherDaemon(files, outside, processes ?? []), NO_DAEMON);
  const tried = await attempt('clocks', () => clocks(files, outside, machine.clocksource), []);
  return {
    asRoot: outside.uid === 0,
    machine,
    kernel: await attempt('kernel', () => gatherKernel(files), NO_KERNEL),
    nodes: await attempt('devices', () => gatherNodes(files), []),
    clocks: tried,
    clockDevices: tried.map(({ path }) => files.real(path)),
    namedDevice: files.real(daemon.status?.phc?.path ?? daemon.settings.phc),
    pages: await attempt('pages', () => pages(files, outside), []),
    kernelTaiOffsetSeconds: await attempt('TAI offset', outside.kernelTaiOffsetSeconds, 0),
    processes,
    chrony: await attempt('chrony', () => gatherChrony(files, outside, processes ?? []), NO_CHRONY),
    confinement: await attempt('confinement', () => gatherConfinement(files), NO_CONFINEMENT),
    daemon,
    sockets: {
      command: socket(files, daemon.settings.chronyd),
      refclock: socket(files, daemon.status?.sock.path ?? daemon.settings.sock),
    },
    troubles,
  };
}

function clocks(files: RootFiles, { root, openClock }: Outside, clocksource: string): ClockFacts[] {
  return discoverClocks(root)
    .map((clock) => probeClock(clock, clocksource, openClock))
    .map((clock) => ({ ...clock, path: files.inside(clock.path) }));
}

function pages(files: RootFiles, { root, openPage }: Outside): PageFacts[] {
  return vmclockPaths(root)
    .map((path) => probePage(path, openPage))
    .map((page) => ({ ...page, path: files.inside(page.path) }));
}

function socket(files: RootFiles, path: string): SocketFacts {
  return { ...socketFacts(files.outside(path)), path };
}

const NO_MACHINE: DoctorFacts['machine'] = {
  container: false,
  product: '',
  clocksource: '',
  virtual: null,
  ptpClass: false,
  ptpKvmLoaded: false,
};
const NO_MODULE = { loaded: false, builtIn: false, available: null, atBoot: false };
const NO_KERNEL: KernelFacts = {
  release: '',
  version: undefined,
  vmclockOffered: false,
  ptpKvm: NO_MODULE,
  ptpVmclock: NO_MODULE,
};
const NO_CHRONY: ChronyFacts = {
  binary: '',
  version: '',
  versionError: '',
  file: '',
  folder: '',
  conf: { directives: [], files: [], unreadable: [] },
  refclocks: [],
  devices: [],
  leapListPresent: null,
  unit: 'chrony',
};
const NO_CONFINEMENT: DoctorFacts['confinement'] = {
  appArmor: { enabled: false, rules: null },
  seLinuxEnforcing: null,
};
const NO_DAEMON: DaemonFacts = {
  process: null,
  file: DEFAULT_CONFIG_FILE,
  settings: DEFAULT_SETTINGS,
  problems: [],
  status: null,
  statusError: 'not asked',
};
