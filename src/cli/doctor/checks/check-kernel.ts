import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { isAtLeast } from '../kernel-version.js';

/** The first with a driver for vmclock. */
const WITH_VMCLOCK = [6, 13, 0] as const;

const { ok, warn, skip } = about({
  id: 'kernel',
  name: 'Kernel',
  expected: '6.13 or newer',
  why: 'older kernels have no driver for the vmclock page, so that disruptions can only be inferred',
});

/** Whether the kernel is new enough to have a vmclock driver. */
export function checkKernel({ kernel: { release, version }, pages, machine }: DoctorFacts): Finding {
  if (version === undefined)
    return skip(release === '' ? 'it does not tell its version' : `${release}, an unknown form`);
  if (isAtLeast(version, WITH_VMCLOCK)) return ok(release);
  if (machine.virtual === false) return ok(`${release}; this is no virtual machine`);
  // Amazon's older kernels have the driver too.
  if (pages.length > 0) return ok(`${release}, to which its maker has added vmclock`);
  return warn(release, 'install a newer kernel and reboot (Debian: from backports)');
}
