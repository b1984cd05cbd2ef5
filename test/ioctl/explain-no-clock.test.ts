import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { explainNoClock } from '../../src/ioctl/explain-no-clock.js';

const folder = mkdtempSync(join(tmpdir(), 'no-clock-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A root whose firmware and CPU say this. */
function machine(vendor: string, flags: string): string {
  const root = mkdtempSync(join(folder, 'root-'));
  mkdirSync(join(root, 'proc'));
  mkdirSync(join(root, 'sys/class/dmi/id'), { recursive: true });
  writeFileSync(join(root, 'proc/cpuinfo'), `processor\t: 0\nflags\t\t: ${flags}\n`);
  writeFileSync(join(root, 'sys/class/dmi/id/sys_vendor'), `${vendor}\n`);
  return root;
}

describe('explainNoClock()', () => {
  test('says that hardware has no host', () => {
    expect(explainNoClock(machine('Dell Inc.', 'fpu tsc'))).toContain('is no virtual machine');
  });

  test.each([
    ['QEMU', 'modprobe ptp_kvm'],
    ['Amazon EC2', 'phc_enable=1'],
    ['Microsoft Corporation', 'modprobe hv_utils'],
    ['VMware, Inc.', 'modprobe ptp_vmw'],
    ['Xen', 'offers its guests none'],
  ])('on a guest of %s says %s', (vendor, remedy) => {
    const sentence = explainNoClock(machine(vendor, 'fpu hypervisor tsc'));
    expect(sentence).toContain(remedy);
    expect(sentence).toContain(`(${vendor})`);
  });

  test('claims nothing about the hardware where the kernel does not tell', () => {
    expect(explainNoClock(join(folder, 'nowhere'))).toMatch(/^This virtual machine has no PTP clock/);
  });
});
