import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { clockKind, documentedTimescale } from '../../src/ioctl/clock-kind.js';
import { describeClock } from '../../src/ioctl/describe-clock.js';
import { discoverClocks } from '../../src/ioctl/discover-clocks.js';
import { rankClocks } from '../../src/ioctl/rank-clocks.js';

const folder = mkdtempSync(join(tmpdir(), 'clocks-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A root with these clocks, ptp0 first; the devices are plain files. */
function machine(name: string, clockNames: readonly string[], clocksource = 'tsc'): string {
  const root = join(folder, name);
  const sources = join(root, 'sys/devices/system/clocksource/clocksource0');
  mkdirSync(sources, { recursive: true });
  writeFileSync(join(sources, 'current_clocksource'), `${clocksource}\n`);
  mkdirSync(join(root, 'dev'));
  for (const [index, clockName] of clockNames.entries()) {
    const entry = join(root, `sys/class/ptp/ptp${index}`);
    mkdirSync(entry, { recursive: true });
    writeFileSync(join(entry, 'clock_name'), `${clockName}\n`);
    writeFileSync(join(root, `dev/ptp${index}`), '');
  }
  return root;
}

describe('clockKind() and documentedTimescale()', () => {
  test.each([
    ['vmclock0', 'vmclock', 'unknown'],
    ['KVM virtual PTP', 'kvm', 'utc'],
    ['hyperv', 'hyperv', 'utc'],
    ['ptp_vmw', 'vmware', 'utc'],
    ['ena-ptp-05', 'ena', 'utc'],
    ['gve clock', 'gve', 'unknown'],
    ['Virtio PTP type 0/variant 0', 'virtio', 'utc'],
    ['Virtio PTP type 1/variant 0', 'virtio', 'tai'],
    ['Virtio PTP type 10/variant 0', 'virtio', 'unknown'],
    ['s390 Physical Clock', 's390', 'unknown'],
    ['mlx5_ptp', 'other', 'unknown'],
    ['', 'other', 'unknown'],
  ])('%j is of kind %s and documented as %s', (clockName, kind, timescale) => {
    expect(clockKind(clockName)).toBe(kind);
    expect(documentedTimescale(clockName)).toBe(timescale);
  });
});

describe('rankClocks()', () => {
  const order = (clockNames: readonly string[], clocksource: string) =>
    rankClocks(
      clockNames.map((clockName, index) => ({ index, clockName, path: `/dev/ptp${index}` })),
      clocksource,
    ).map(({ clockName }) => clockName);

  test('vmclock, then PRECISE, EXTENDED, BASIC, and a NIC last', () => {
    const names = ['mlx5_ptp', 'KVM virtual PTP', 'ena-ptp-05', 'Virtio PTP type 0/variant 0', 'vmclock0'];
    expect(order(names, 'tsc')).toEqual([
      'vmclock0',
      'Virtio PTP type 0/variant 0',
      'ena-ptp-05',
      'KVM virtual PTP',
      'mlx5_ptp',
    ]);
  });

  test('ptp_kvm goes before EXTENDED clocks where the clocksource lets it have PRECISE', () => {
    expect(order(['ena-ptp-05', 'KVM virtual PTP'], 'kvm-clock')).toEqual(['KVM virtual PTP', 'ena-ptp-05']);
  });

  test('the lower index goes first among equals', () => {
    const clocks = [12, 2].map((index) => ({ index, clockName: 'vmclock', path: `/dev/ptp${index}` }));
    expect(rankClocks(clocks, '').map(({ index }) => index)).toEqual([2, 12]);
  });

  test('a NIC is better than nothing', () => {
    expect(order(['mlx5_ptp'], 'tsc')).toEqual(['mlx5_ptp']);
  });
});

describe('discoverClocks()', () => {
  test('finds none on a machine without /sys/class/ptp', () => {
    expect(discoverClocks(join(folder, 'nowhere'))).toEqual([]);
  });

  test('gives path, name, kind, time scale and the method to be expected', () => {
    const root = machine('kvm', ['KVM virtual PTP']);
    expect(discoverClocks(root)).toEqual([
      {
        index: 0,
        path: join(root, 'dev/ptp0'),
        clockName: 'KVM virtual PTP',
        kind: 'kvm',
        timescale: 'utc',
        expectedMethod: 'BASIC',
      },
    ]);
  });

  test("shows udev's /dev/ptp_kvm when it leads to the clock", () => {
    const root = machine('symlink', ['mlx5_ptp', 'KVM virtual PTP']);
    symlinkSync('ptp1', join(root, 'dev/ptp_kvm'));
    expect(discoverClocks(root).map(({ path }) => path)).toEqual([join(root, 'dev/ptp_kvm'), join(root, 'dev/ptp0')]);
  });

  test('ignores a /dev/ptp_kvm that leads elsewhere', () => {
    const root = machine('stale', ['mlx5_ptp', 'KVM virtual PTP']);
    symlinkSync('ptp0', join(root, 'dev/ptp_kvm'));
    expect(discoverClocks(root)[0]?.path).toBe(join(root, 'dev/ptp1'));
  });
});

describe('describeClock()', () => {
  test('takes a character device that the kernel does not list as a clock of unknown name', () => {
    expect(describeClock('/dev/zero')).toMatchObject({ path: '/dev/zero', clockName: '', kind: 'other' });
  });

  test('a path that is not there says how to get the KVM clock', () => {
    expect(() => describeClock('/dev/ptp77')).toThrow(/^open on \/dev\/ptp77: ENOENT .*modprobe ptp_kvm/);
    expect(() => describeClock('/dev/clock')).toThrow(/ENOENT .*vmclockd probe/);
  });

  test('a regular file is no PTP clock', () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    expect(() => describeClock(path)).toThrow(/ENOTTY.*no character device/);
  });
});
