import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What brings a PTP clock on the common hypervisors, by the start of DMI's sys_vendor. */
const REMEDIES: readonly (readonly [string, string])[] = [
  ['Amazon EC2', 'load the ENA driver with phc_enable=1, or choose an instance type that has a vmclock'],
  ['Microsoft', "`modprobe hv_utils` brings Hyper-V's clock"],
  ['VMware', "`modprobe ptp_vmw` brings VMware's clock, if the machine has the precision clock device"],
  ['Xen', 'Xen offers its guests none'],
];

/**
 * Why a machine on which discoverClocks() finds nothing has no clock, and what to do: one or two sentences.
 *
 * @param root where / is
 */
export function explainNoClock(root = '/'): string {
  const cpu = readText(join(root, 'proc/cpuinfo'));
  // Only x86 tells in /proc/cpuinfo; elsewhere nothing is claimed.
  const onHardware = /^flags\s*:/m.test(cpu) && !/^flags\s*:.*\bhypervisor\b/m.test(cpu);
  if (onHardware) return 'This machine is no virtual machine, so there is no host whose clock could be read.';
  const vendor = readText(join(root, 'sys/class/dmi/id/sys_vendor')).trim();
  const remedy = REMEDIES.find(([start]) => vendor.startsWith(start))?.[1] ?? '`modprobe ptp_kvm` brings one on KVM';
  const named = vendor === '' ? '' : ` (${vendor})`;
  return `This virtual machine${named} has no PTP clock: ${remedy}. A module that is missing was not built for this kernel.`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there on every machine; the sentence is then less precise.
    return '';
  }
}
