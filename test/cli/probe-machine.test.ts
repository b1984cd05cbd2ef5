import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { machineFacts, socketFacts, vmclockPaths } from '../../src/cli/probe-machine.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vmclockd-root-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('machineFacts()', () => {
  test('reads what the kernel shows of a guest', () => {
    put('proc/cpuinfo', 'processor\t: 0\nflags\t\t: fpu tsc hypervisor lahf_lm\n');
    put('sys/class/dmi/id/sys_vendor', 'QEMU\n');
    put('sys/class/dmi/id/product_name', 'Standard PC\n');
    put('sys/devices/system/clocksource/clocksource0/current_clocksource', 'kvm-clock\n');
    put('sys/module/ptp_kvm/initstate', 'live\n');
    put('run/.containerenv', '');
    expect(machineFacts(root)).toEqual({
      container: true,
      product: 'QEMU Standard PC',
      clocksource: 'kvm-clock',
      virtual: true,
      ptpClass: false,
      ptpKvmLoaded: true,
    });
  });

  test('claims nothing where nothing is shown', () => {
    const nothing = {
      container: false,
      product: '',
      clocksource: '',
      virtual: null,
      ptpClass: false,
      ptpKvmLoaded: false,
    };
    expect(machineFacts(root)).toEqual(nothing);
    put('proc/cpuinfo', 'Features : fp asimd\n');
    expect(machineFacts(root)).toEqual(nothing);
  });

  test('knows a CPU without a hypervisor', () => {
    put('proc/cpuinfo', 'flags\t\t: fpu tsc\n');
    expect(machineFacts(root).virtual).toBe(false);
  });
});

test('vmclockPaths() lists the devices of that name', () => {
  expect(vmclockPaths(root)).toEqual([]);
  for (const name of ['vmclock1', 'vmclock0', 'vmclockd', 'ptp0']) put(`dev/${name}`, '');
  expect(vmclockPaths(root)).toEqual([join(root, 'dev/vmclock0'), join(root, 'dev/vmclock1')]);
});

test('socketFacts() tells missing from something else', () => {
  const path = join(root, 's');
  expect(socketFacts(path)).toEqual({ path, present: false, error: '' });
  writeFileSync(path, '');
  expect(socketFacts(path)).toEqual({ path, present: false, error: 'it is no socket' });
  expect(socketFacts(join(path, 'x')).error).toBe('ENOTDIR');
});
