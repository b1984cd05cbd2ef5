import { describe, expect, test } from '@jest/globals';
import { type Check, judge } from '../../../src/cli/doctor/all-checks.js';
import { checkClock } from '../../../src/cli/doctor/checks/check-clock.js';
import { checkClocksAgree } from '../../../src/cli/doctor/checks/check-clocks-agree.js';
import { checkClocksource } from '../../../src/cli/doctor/checks/check-clocksource.js';
import { checkDeviceModes } from '../../../src/cli/doctor/checks/check-device-modes.js';
import { checkDisruptionAhead } from '../../../src/cli/doctor/checks/check-disruption-ahead.js';
import { checkForgeablePage } from '../../../src/cli/doctor/checks/check-forgeable-page.js';
import { checkKernel } from '../../../src/cli/doctor/checks/check-kernel.js';
import { checkModules } from '../../../src/cli/doctor/checks/check-modules.js';
import { checkPage } from '../../../src/cli/doctor/checks/check-page.js';
import { checkTimeScale } from '../../../src/cli/doctor/checks/check-time-scale.js';
import type { DoctorFacts } from '../../../src/cli/doctor/doctor-facts.js';
import type { Level } from '../../../src/cli/doctor/finding.js';
import type { ClockFacts, PageContents } from '../../../src/cli/probe-facts.js';
import { exampleStatus } from '../../daemon/status/example-status.js';
import { changed, KVM_CLOCK, PAGE_CONTENTS, soundFacts, VMCLOCK_CLOCK } from './sound-facts.js';

type Change = (facts: DoctorFacts) => Partial<DoctorFacts>;
type Case = readonly [claim: string, check: Check, change: Change, level: Level, value: string, remedy: string];

const kernel =
  (more: Partial<DoctorFacts['kernel']>): Change =>
  (f) => ({ kernel: { ...f.kernel, ...more } });
const machine =
  (more: Partial<DoctorFacts['machine']>): Change =>
  (f) => ({ machine: { ...f.machine, ...more } });
const both =
  (...changes: Change[]): Change =>
  (f) =>
    changes.reduce((all, change) => Object.assign(all, change(f)), {});
const clocks =
  (...list: ClockFacts[]): Change =>
  () => ({ clocks: list, clockDevices: list.map(({ path }) => path), namedDevice: 'auto' });
const page =
  (more: Partial<PageContents>): Change =>
  () => ({
    pages: [{ path: '/dev/vmclock0', error: '', contents: { ...PAGE_CONTENTS, ...more } }],
  });
const pageError =
  (error: string): Change =>
  () => ({ pages: [{ path: '/dev/vmclock0', error, contents: null }] });
const mode =
  (path: string, bits: number, more: object = {}): Change =>
  (f) => ({
    nodes: f.nodes.map((node) => (node.path === path ? { ...node, mode: bits, ...more } : node)),
  });
const noPage: Change = () => ({ pages: [] });
const noDaemon: Change = (f) => ({ daemon: { ...f.daemon, status: null, process: null, statusError: 'no daemon' } });
const user: Change = () => ({ asRoot: false });
const none: Change = () => ({});
const offsetNs = (clock: ClockFacts, ns: number, bracketNs = 1000): ClockFacts => ({
  ...clock,
  reading: { method: 'BASIC', systemClock: 'CLOCK_REALTIME', offsetNs: ns, bracketNs, count: 1 },
});
const refused = (clock: ClockFacts, error: string): ClockFacts => ({ ...clock, error, methods: [], reading: null });
const vulnerable = kernel({ release: '7.2.0', version: [7, 2, 0] });
const ptpKvm =
  (more: object): Change =>
  (f) =>
    kernel({ ptpKvm: { ...f.kernel.ptpKvm, ...more } })(f);
const ptpVmclock =
  (more: object): Change =>
  (f) => ({
    ...noPage(f),
    ...kernel({ ptpVmclock: { ...f.kernel.ptpVmclock, ...more } })(f),
  });
const NIC: ClockFacts = { ...KVM_CLOCK, path: '/dev/ptp2', name: 'ice-0', kind: 'other' };

const CASES: readonly Case[] = [
  ['a kernel with a driver', checkKernel, none, 'OK', '7.2.12', ''],
  ["Amazon's 6.1", checkKernel, kernel({ release: '6.1.167', version: [6, 1, 167] }), 'OK', 'its maker has added', ''],
  [
    'an old kernel',
    checkKernel,
    both(kernel({ release: '6.1.0', version: [6, 1, 0] }), noPage),
    'WARN',
    '6.1.0',
    'newer',
  ],
  ['an odd version', checkKernel, kernel({ release: 'odd', version: undefined }), 'SKIP', 'odd', ''],

  ['modules for good', checkModules, none, 'OK', 'ptp_kvm loaded, ptp_vmclock loaded', ''],
  ['a module built in', checkModules, ptpKvm({ builtIn: true, atBoot: false }), 'OK', 'ptp_kvm built in', ''],
  [
    'a module loaded by hand',
    checkModules,
    ptpKvm({ atBoot: false }),
    'WARN',
    'by hand',
    '/etc/modules-load.d/ptp_kvm.conf',
  ],
  ['modules without a clock', checkModules, clocks(), 'SKIP', 'see Clock', ''],

  ['a clock that can be read', checkClock, none, 'OK', '/dev/ptp0 (vmclock0) by PRECISE', ''],
  ['no clock', checkClock, clocks(), 'FAIL', 'none', 'the hypervisor offers none'],
  [
    'no clock, no module',
    checkClock,
    both(clocks(), ptpKvm({ loaded: false, available: false })),
    'FAIL',
    'none',
    '7.2.12 comes without it',
  ],
  [
    'a refused clock',
    checkClock,
    clocks(refused(KVM_CLOCK, 'open: EPERM')),
    'FAIL',
    'none can be read',
    '/dev/ptp_kvm cannot be used: open: EPERM',
  ],
  [
    "a clock for root's eyes",
    checkClock,
    both(clocks(refused(KVM_CLOCK, 'open: EACCES')), noDaemon, user),
    'SKIP',
    'only root',
    'ask as root',
  ],

  ["a network card's clock", checkClock, clocks(NIC), 'WARN', "no hypervisor's clock", 'phc = "/dev/ptp2"'],
  [
    'a clock that is named and not there',
    checkClock,
    () => ({ namedDevice: '/dev/ptp7' }),
    'FAIL',
    '/dev/ptp7: the kernel lists no such clock',
    'phc = "auto"',
  ],

  ['PRECISE', checkClocksource, none, 'OK', 'tsc, PRECISE works', ''],
  [
    'tsc and ptp_kvm',
    checkClocksource,
    both(clocks(KVM_CLOCK), noDaemon),
    'OK',
    'costs PRECISE with ptp_kvm: ±650 ns by BASIC',
    '',
  ],
  ['a slow clocksource', checkClocksource, machine({ clocksource: 'hpet' }), 'WARN', 'hpet', 'dmesg'],
  ['no clocksource told', checkClocksource, machine({ clocksource: '' }), 'SKIP', 'not told', ''],

  ['tight modes', checkDeviceModes, none, 'OK', '/dev/ptp0 0600 root:root, /dev/ptp1 0660 root:clock', ''],
  [
    'a foreign owner',
    checkDeviceModes,
    mode('/dev/ptp0', 0o600, { uid: 7 }),
    'WARN',
    '7:root',
    '`chown root /dev/ptp0`',
  ],
  ['a clock for all to set', checkDeviceModes, mode('/dev/ptp1', 0o666), 'FAIL', '0666', '`chmod o-w /dev/ptp1`'],
  [
    'a clock without a node',
    checkDeviceModes,
    clocks(refused(KVM_CLOCK, 'ENOENT')),
    'WARN',
    'no device node',
    'udevadm',
  ],
  ['no devices', checkDeviceModes, () => ({ nodes: [] }), 'SKIP', 'none', ''],

  ['a mended kernel', checkForgeablePage, mode('/dev/vmclock0', 0o644), 'OK', 'not affected', ''],
  ["root's page", checkForgeablePage, both(vulnerable, mode('/dev/vmclock0', 0o600)), 'OK', 'only root', ''],
  ["a group's page", checkForgeablePage, vulnerable, 'WARN', 'group clock', 'update the kernel'],
  [
    "everybody's page",
    checkForgeablePage,
    both(vulnerable, mode('/dev/vmclock0', 0o644)),
    'FAIL',
    'everybody may open /dev/vmclock0',
    '`chmod o= /dev/vmclock0`',
  ],
  [
    "everybody's page, kernel unknown",
    checkForgeablePage,
    both(kernel({ version: undefined }), mode('/dev/vmclock0', 0o604)),
    'FAIL',
    'cannot be told',
    'chmod',
  ],
  ['no page to forge', checkForgeablePage, () => ({ nodes: [] }), 'SKIP', 'no vmclock page', ''],

  ['a page with time', checkPage, none, 'OK', 'time TAI, host clock synchronised, TAI − UTC 37 s, wakes us', ''],
  [
    'a page without time',
    checkPage,
    page({ carriesTime: false, clockStatus: 'unknown', taiOffsetSeconds: null, watching: 'look' }),
    'OK',
    'the marker only',
    '',
  ],
  ['a free-running host', checkPage, page({ clockStatus: 'free-running' }), 'WARN', 'free-running', "host's own"],
  ['an unreliable host', checkPage, page({ clockStatus: 'unreliable' }), 'FAIL', 'unreliable', 'chronyc tracking'],
  ['a broken page', checkPage, pageError('it is being updated'), 'FAIL', 'it is being updated', 'dmesg'],
  ["a page for root's eyes", checkPage, both(pageError('open: EACCES'), user), 'SKIP', 'only root', 'ask as root'],
  ['no page', checkPage, both(noPage, kernel({ vmclockOffered: false })), 'WARN', 'inferred', '-device vmclock'],
  ['no page on metal', checkPage, both(noPage, machine({ virtual: false })), 'SKIP', 'no virtual machine', ''],
  [
    'no page with an old kernel',
    checkPage,
    both(noPage, kernel({ version: [6, 1, 0], vmclockOffered: false })),
    'SKIP',
    'see Kernel',
    '',
  ],
  [
    'an offer that an old kernel cannot take',
    checkPage,
    both(noPage, kernel({ version: [6, 1, 0] })),
    'FAIL',
    'no driver',
    '6.13',
  ],
  [
    'an offer without its module',
    checkPage,
    ptpVmclock({ loaded: false }),
    'FAIL',
    'not loaded',
    '`modprobe ptp_vmclock`',
  ],
  [
    'an offer to a kernel without the module',
    checkPage,
    ptpVmclock({ loaded: false, available: false }),
    'FAIL',
    'comes without',
    'boot a kernel',
  ],
  ['an offer that the driver did not take', checkPage, ptpVmclock({}), 'FAIL', 'there is no device', 'dmesg'],
  [
    'a page that is not wanted',
    checkPage,
    (f) => ({ daemon: { ...f.daemon, settings: { ...f.daemon.settings, vmclock: 'none' } } }),
    'SKIP',
    'not wanted',
    '',
  ],

  ["the daemon's time scale", checkTimeScale, none, 'OK', 'TAI, 37 s ahead of UTC: the page says TAI', ''],
  ['a time scale without the daemon', checkTimeScale, noDaemon, 'OK', 'TAI, 37 s ahead of UTC', ''],
  [
    'a time scale near nothing',
    checkTimeScale,
    both(clocks(offsetNs(VMCLOCK_CLOCK, 500e9)), noDaemon),
    'FAIL',
    'near none of the known shifts',
    'timescale = "utc"',
  ],
  ['no clock, no time scale', checkTimeScale, both(clocks(), noDaemon), 'SKIP', 'no clock', ''],

  ['two clocks 37 s apart', checkClocksAgree, none, 'OK', '/dev/ptp_kvm − /dev/ptp0: +500 ns and -37 s', ''],
  [
    'two clocks somewhat apart',
    checkClocksAgree,
    clocks(KVM_CLOCK, offsetNs(NIC, 90_000)),
    'WARN',
    '+89.0 µs',
    'vmclockd probe',
  ],
  [
    'two clocks of one host far apart',
    checkClocksAgree,
    clocks(KVM_CLOCK, offsetNs(VMCLOCK_CLOCK, 37e9 - 20e6)),
    'FAIL',
    '-20.0 ms',
    'phc = "…"',
  ],
  [
    'two clocks an unknown number of seconds apart',
    checkClocksAgree,
    clocks(KVM_CLOCK, offsetNs(VMCLOCK_CLOCK, 5e9)),
    'FAIL',
    'and 5 s',
    'phc = "…"',
  ],
  ['a network card far off', checkClocksAgree, clocks(KVM_CLOCK, offsetNs(NIC, 5e9)), 'WARN', 'and 5 s', 'phc = "…"'],
  ['one clock', checkClocksAgree, clocks(KVM_CLOCK), 'SKIP', 'one clock', ''],

  ['nothing announced', checkDisruptionAhead, none, 'OK', 'none announced', ''],
  ['a disruption soon', checkDisruptionAhead, page({ flags: ['DISRUPTION_SOON'] }), 'WARN', 'soon', 'Drain'],
  [
    'a disruption imminent',
    checkDisruptionAhead,
    page({ flags: ['DISRUPTION_SOON', 'DISRUPTION_IMMINENT'] }),
    'WARN',
    'imminent',
    'Drain',
  ],
  ['nobody to announce', checkDisruptionAhead, both(noPage, noDaemon), 'SKIP', 'no page', ''],
];

describe('checks of the machine', () => {
  test.each(CASES)('%s', (_claim, check, change, level, value, remedy) => {
    const finding = check(changed(change));
    expect(finding).toMatchObject({ level, value: expect.stringContaining(value) });
    expect(finding.remedy).toContain(remedy);
    // What has to be mended says how; what has not says nothing.
    expect(finding.remedy === '').toBe(remedy === '');
    expect([finding.expected, finding.why]).not.toContain('');
  });

  test("the daemon's word about the announcement counts where the page is not readable for us", () => {
    const status = exampleStatus();
    const vmclock = status.vmclock === null ? null : { ...status.vmclock, flags: ['DISRUPTION_SOON'] };
    const facts = changed((f) => ({
      ...pageError('EACCES')(f),
      daemon: { ...f.daemon, status: { ...status, vmclock } },
    }));
    expect(checkDisruptionAhead(facts).level).toBe('WARN');
  });
});

describe('judge()', () => {
  test('finds nothing wrong with a sound machine', () => {
    const findings = judge(soundFacts());
    expect(findings.filter(({ level }) => level !== 'OK')).toEqual([]);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
  });

  test('a check that throws, and a fact that cannot be had, are findings like others', () => {
    const broken = () => {
      throw new Error('oops');
    };
    const findings = judge(
      changed(() => ({ troubles: ['clocks: gone'] })),
      [broken, checkKernel],
    );
    expect(findings.map(({ level, value }) => `${level} ${value}`)).toEqual([
      'WARN broken: oops',
      'OK 7.2.12',
      'WARN clocks: gone',
    ]);
  });
});
