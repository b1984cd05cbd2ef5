import { describe, expect, test } from '@jest/globals';
import { noClockReasons } from '../../src/cli/format-no-clock.js';
import { formatProbe, usableClock } from '../../src/cli/format-probe.js';
import { renderLines } from '../../src/cli/format-tone.js';
import type { ClockFacts, MachineFacts, PageFacts, ProbeFacts } from '../../src/cli/probe-facts.js';

const CLOCK: ClockFacts = {
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
  reading: { method: 'BASIC', systemClock: 'CLOCK_REALTIME', offsetNs: -1234.5, bracketNs: 1300, count: 25 },
};

const PAGE: PageFacts = {
  path: '/dev/vmclock0',
  error: '',
  contents: {
    sizeBytes: 104,
    version: 1,
    carriesTime: true,
    counter: 'the TSC',
    timeType: 'UTC',
    marker: '7',
    generation: null,
    seqCount: 12,
    clockStatus: 'synchronised',
    leap: 'insert',
    flags: [],
    taiOffsetSeconds: 37,
    watching: 'look',
  },
};

const FACTS: ProbeFacts = {
  schema: 1,
  machine: {
    container: false,
    product: 'QEMU Standard PC',
    clocksource: 'tsc',
    virtual: true,
    ptpClass: true,
    ptpKvmLoaded: true,
  },
  clocks: [CLOCK],
  pages: [PAGE],
  chronyd: {
    commandSocket: { path: '/run/chrony/chronyd.sock', present: true, error: '' },
    refclockSocket: { path: '/run/chrony.vmclockd.sock', present: false, error: '' },
  },
};

const plain = (facts: ProbeFacts) => renderLines(formatProbe(facts), false).trimEnd().split('\n');

describe('formatProbe()', () => {
  test('a machine with a clock and a page', () => {
    expect(usableClock(FACTS)).toBe(CLOCK);
    expect(plain(FACTS)).toEqual([
      'This machine has a clock to follow: /dev/ptp_kvm (KVM virtual PTP), by BASIC.',
      '',
      "/dev/ptp_kvm (KVM virtual PTP): the host's clock by KVM's hypercall",
      '  claims cross time stamps (PTP_CLOCK_GETCAPS)',
      "  PRECISE    ENODEV: the guest's clocksource is tsc",
      '  EXTENDED   EOPNOTSUPP',
      '  BASIC      works',
      '  reading    -1.23 µs against CLOCK_REALTIME, bracket 1.30 µs by BASIC, the narrowest of 25',
      '',
      '/dev/vmclock0: vmclock page',
      '  disruption marker 7, no generation counter, sequence count 12',
      '  time UTC by the TSC, TAI is 37 s ahead of UTC, clock synchronised, leap second: insert',
      '  a change has to be looked for: the hypervisor does not notify',
      '  104 bytes, version 1, no flags',
      '',
      'Machine      QEMU Standard PC, clocksource tsc',
      'chronyd      command socket /run/chrony/chronyd.sock is there',
      '             refclock socket /run/chrony.vmclockd.sock is missing',
    ]);
  });

  test('a machine without any clock says so first', () => {
    const facts = { ...FACTS, clocks: [], pages: [] };
    expect(usableClock(facts)).toBeUndefined();
    expect(plain(facts).slice(0, 5)).toEqual([
      'This machine has no clock that vmclockd could follow.',
      '  ptp_kvm is loaded but made no clock: the hypervisor offers none (`dmesg | grep -i ptp`).',
      '',
      'vmclock      none: disruptions would be inferred from jumps of the PTP clock',
      '',
    ]);
  });

  test.each<[string, Partial<MachineFacts>, string]>([
    ['no module', { ptpKvmLoaded: false }, 'No PTP clock is listed. On KVM: `modprobe ptp_kvm`'],
    ['no PTP', { ptpKvmLoaded: false, ptpClass: false }, 'The kernel has no PTP support loaded'],
    ['not a VM', { virtual: false }, 'This is not a virtual machine'],
    ['a CPU that does not tell', { virtual: null, ptpKvmLoaded: false }, '`modprobe ptp_kvm`'],
    ['EC2', { product: 'Amazon EC2 m5.large' }, 'docs/platforms.md'],
    ['Hyper-V', { product: 'Microsoft Corporation Virtual Machine' }, '`modprobe hv_utils`'],
    ['VMware', { product: 'VMware, Inc. VMware7,1' }, '`modprobe ptp_vmw`'],
    ['a container', { container: true }, 'the device passed in (`--device /dev/ptp0`)'],
  ])('says why there is no clock, and what to do: %s', (_case, machine, expected) => {
    const facts = { ...FACTS, clocks: [], machine: { ...FACTS.machine, ...machine } };
    expect(noClockReasons(facts).join(' ')).toContain(expected);
  });

  test('a clock that may not be opened is no clock, and the reason comes first', () => {
    const error = 'open on /dev/ptp_kvm: EACCES (Permission denied): ask as root';
    const facts = { ...FACTS, clocks: [{ ...CLOCK, error, crossTimestamping: null, methods: [], reading: null }] };
    expect(usableClock(facts)).toBeUndefined();
    expect(plain(facts).slice(0, 2)).toEqual([
      'This machine has no clock that vmclockd could follow.',
      `  /dev/ptp_kvm cannot be used: ${error}`,
    ]);
  });

  test('a page without time says where the time comes from', () => {
    if (PAGE.contents === null) throw new Error('the example has contents');
    const contents = { ...PAGE.contents, carriesTime: false };
    const facts = { ...FACTS, clocks: [], pages: [{ ...PAGE, contents }] };
    expect(plain(facts)).toContain(
      '  The vmclock page tells of disruptions, but this hypervisor puts no time into it.',
    );
    expect(plain(facts)).toContain('  no time in it, only the marker: the time comes from a PTP clock');
  });

  test('escapes what a driver calls its clock', () => {
    const text = renderLines(formatProbe({ ...FACTS, clocks: [{ ...CLOCK, name: 'a\u001b[2Jb' }] }), false);
    expect(text).toContain('(a\\u{1b}[2Jb)');
    expect(text).not.toContain('\u001b');
  });
});
