import { parseChronyConf } from '../../../src/cli/doctor/chrony-conf.js';
import type { DoctorFacts } from '../../../src/cli/doctor/doctor-facts.js';
import { refclockLine } from '../../../src/cli/doctor/refclock-line.js';
import type { ClockFacts, PageContents } from '../../../src/cli/probe-facts.js';
import { DEFAULT_SETTINGS } from '../../../src/daemon/config/settings.js';
import { exampleStatus } from '../../daemon/status/example-status.js';

/** ptp_kvm on a guest that runs on tsc. */
export const KVM_CLOCK: ClockFacts = {
  path: '/dev/ptp_kvm',
  name: 'KVM virtual PTP',
  kind: 'kvm',
  error: '',
  crossTimestamping: true,
  methods: [
    { method: 'PRECISE', works: false, code: 'ENODEV', meaning: "the guest's clocksource is tsc" },
    { method: 'EXTENDED', works: false, code: 'EOPNOTSUPP', meaning: '' },
    { method: 'BASIC', works: true, code: '', meaning: '' },
  ],
  reading: { method: 'BASIC', systemClock: 'CLOCK_REALTIME', offsetNs: 1000, bracketNs: 1300, count: 25 },
};

/** The vmclock PHC, on TAI. */
export const VMCLOCK_CLOCK: ClockFacts = {
  path: '/dev/ptp0',
  name: 'vmclock0',
  kind: 'vmclock',
  error: '',
  crossTimestamping: true,
  methods: [{ method: 'PRECISE', works: true, code: '', meaning: '' }],
  reading: { method: 'PRECISE', systemClock: 'CLOCK_REALTIME', offsetNs: 37e9 + 500, bracketNs: 0, count: 1 },
};

export const PAGE_CONTENTS: PageContents = {
  sizeBytes: 4096,
  version: 1,
  carriesTime: true,
  counter: 'the TSC',
  timeType: 'TAI',
  marker: '7',
  generation: '3',
  seqCount: 12,
  clockStatus: 'synchronised',
  leap: 'none',
  flags: ['TAI_OFFSET_VALID'],
  taiOffsetSeconds: 37,
  watching: 'poll',
};

/** Rules as in Debian's profile for chronyd. */
export const DEBIAN_RULES = '  @{run}/chrony/{,*} rw,\n  @{run}/chrony.*.sock rw,\n  /dev/ptp[0-9]* rw,\n';

/** The members that come out of a chrony.conf. */
export function chronyConf(
  text: string,
  file = '/etc/chrony/chrony.conf',
): Pick<DoctorFacts['chrony'], 'conf' | 'refclocks' | 'devices'> {
  const directives = parseChronyConf(text, file);
  const refclocks = directives.flatMap((directive) => refclockLine(directive) ?? []);
  return {
    conf: { directives, files: [file], unreadable: [] },
    refclocks,
    devices: refclocks.map(({ path }) => (path === '/dev/ptp_kvm' ? '/dev/ptp1' : path)),
  };
}

/** A machine on which every check is content. */
export function soundFacts(): DoctorFacts {
  const process = { parent: 1, uid: 0, capabilities: 0n };
  const daemon = { ...process, pid: 4711, name: 'node', unit: 'vmclockd.service', capabilities: 2n };
  const module = { loaded: true, builtIn: false, available: true, atBoot: true };
  return {
    asRoot: true,
    machine: {
      container: false,
      product: 'QEMU Standard PC',
      clocksource: 'tsc',
      virtual: true,
      ptpClass: true,
      ptpKvmLoaded: true,
    },
    kernel: { release: '7.2.12', version: [7, 2, 12], vmclockOffered: true, ptpKvm: module, ptpVmclock: module },
    nodes: [
      { path: '/dev/ptp0', mode: 0o600, uid: 0, group: 'root' },
      { path: '/dev/ptp1', mode: 0o660, uid: 0, group: 'clock' },
      { path: '/dev/vmclock0', mode: 0o640, uid: 0, group: 'clock' },
    ],
    clocks: [VMCLOCK_CLOCK, KVM_CLOCK],
    clockDevices: ['/dev/ptp0', '/dev/ptp1'],
    namedDevice: '/dev/ptp0',
    pages: [{ path: '/dev/vmclock0', error: '', contents: PAGE_CONTENTS }],
    kernelTaiOffsetSeconds: 37,
    processes: [
      { ...process, pid: 1, parent: 0, name: 'systemd', unit: '', arguments: ['/sbin/init'] },
      { ...process, pid: 300, name: 'chronyd', unit: 'chrony.service', arguments: ['/usr/sbin/chronyd', '-F', '1'] },
      { ...process, pid: 301, parent: 300, name: 'chronyd', unit: 'chrony.service', arguments: ['/usr/sbin/chronyd'] },
      { ...daemon, arguments: ['/usr/bin/node', '/usr/lib/vmclockd/build/src/cli/main.js', 'run'] },
    ],
    chrony: {
      binary: '/usr/sbin/chronyd',
      version: '4.6.1',
      versionError: '',
      file: '/etc/chrony/chrony.conf',
      folder: '/etc/chrony/conf.d',
      leapListPresent: true,
      unit: 'chrony',
      ...chronyConf(
        [
          'refclock SOCK /run/chrony.vmclockd.sock refid VMCK poll 0 filter 16 precision 1e-9',
          'makestep 1 3',
          'leapseclist /usr/share/zoneinfo/leap-seconds.list',
        ].join('\n'),
      ),
    },
    confinement: { appArmor: { enabled: true, rules: DEBIAN_RULES }, seLinuxEnforcing: null },
    daemon: {
      process: { ...daemon, arguments: [] },
      file: '/etc/vmclockd/vmclockd.toml',
      settings: DEFAULT_SETTINGS,
      problems: [],
      status: exampleStatus(),
      statusError: '',
    },
    sockets: {
      command: { path: '/run/chrony/chronyd.sock', present: true, error: '' },
      refclock: { path: '/run/chrony.vmclockd.sock', present: true, error: '' },
    },
    troubles: [],
  };
}

/** The sound machine with something changed. */
export function changed(change: (facts: DoctorFacts) => Partial<DoctorFacts>): DoctorFacts {
  const facts = soundFacts();
  return { ...facts, ...change(facts) };
}
