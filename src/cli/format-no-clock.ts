import type { MachineFacts, ProbeFacts } from './probe-facts.js';

/** Why there is no clock to follow and what can be done, in sentences, the most telling first. */
export function noClockReasons({ machine, clocks, pages }: Pick<ProbeFacts, 'machine' | 'clocks' | 'pages'>): string[] {
  const refused = clocks.filter((clock) => clock.error !== '');
  if (refused.length > 0) return refused.map((clock) => `${clock.path} cannot be used: ${clock.error}`);
  if (clocks.length > 0) return ['The kernel lists PTP clocks, but none of them gives a reading: see below.'];
  if (machine.virtual === false) {
    return ['This is not a virtual machine: there is no host whose clock could be read, and no network card has one.'];
  }
  const reasons = [remedy(machine)];
  if (machine.container) {
    reasons.push(
      'This is a container: that has to be done on the machine itself, and the device passed in (`--device /dev/ptp0`).',
    );
  }
  if (pages.some(({ contents }) => contents?.carriesTime === false)) {
    reasons.push('The vmclock page tells of disruptions, but this hypervisor puts no time into it.');
  }
  return reasons;
}

/** What brings a PTP clock, by who made the machine. */
function remedy({ product, ptpKvmLoaded, ptpClass }: MachineFacts): string {
  if (product.startsWith('Amazon EC2')) {
    return "No PTP clock is listed. On EC2: `modprobe ptp_kvm`, or enable the network card's clock (docs/platforms.md), or an instance type that has a vmclock.";
  }
  if (product.startsWith('Microsoft')) return 'No PTP clock is listed. On Hyper-V: `modprobe hv_utils`.';
  if (product.startsWith('VMware')) {
    return 'No PTP clock is listed. On VMware: add a precision clock to the machine, then `modprobe ptp_vmw`.';
  }
  if (ptpKvmLoaded) return 'ptp_kvm is loaded but made no clock: the hypervisor offers none (`dmesg | grep -i ptp`).';
  const missing = ptpClass ? 'No PTP clock is listed' : 'The kernel has no PTP support loaded (no /sys/class/ptp)';
  return `${missing}. On KVM: \`modprobe ptp_kvm\`, and to keep it: \`echo ptp_kvm > /etc/modules-load.d/ptp_kvm.conf\`.`;
}
