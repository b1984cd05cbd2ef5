import type { PageContents } from '../../probe-facts.js';
import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { isAtLeast } from '../kernel-version.js';

const { ok, warn, fail, skip } = about({
  id: 'vmclock',
  name: 'vmclock page',
  expected: '/dev/vmclock0, readable, with a host clock that is not in trouble',
  why: 'by this page the hypervisor tells of migration and restore; without it they are inferred, later and not the small ones',
});

/** Whether there is a vmclock page, and what stands in it. */
export function checkPage(facts: DoctorFacts): Finding {
  const { pages, asRoot, daemon } = facts;
  if (daemon.settings.vmclock === 'none') return skip('not wanted (vmclock = "none")');
  const [page] = pages;
  if (page === undefined) return noPage(facts);
  if (page.contents === null) {
    if (!asRoot && /\bEACCES\b/.test(page.error)) return skip(`${page.path}: only root may read it`, 'ask as root');
    return fail(
      `${page.path}: ${page.error}`,
      'see `dmesg | grep -i vmclock`; it is the hypervisor that writes the page',
    );
  }
  const value = `${page.path}: ${describe(page.contents)}`;
  switch (page.contents.clockStatus) {
    case 'unreliable':
      return fail(value, 'the host has to put its clock right (`chronyc tracking` there); until then nothing is fed', {
        expected: 'a host clock that is not "unreliable"',
        why: 'the host itself says that its time cannot be relied upon',
      });
    case 'initialising':
    case 'free-running':
      return warn(value, "see to the host's own time synchronisation", {
        expected: 'a host clock that is "synchronised"',
        why: 'nobody corrects the host, and this machine drifts with it',
      });
    default:
      return ok(value);
  }
}

function noPage({ kernel, machine }: DoctorFacts): Finding {
  if (machine.virtual === false) return skip('none, and this is no virtual machine');
  if (kernel.version !== undefined && !isAtLeast(kernel.version, [6, 13, 0])) {
    return kernel.vmclockOffered
      ? fail('the hypervisor offers one, but this kernel has no driver', 'install a kernel from 6.13 on')
      : skip('none; see Kernel');
  }
  if (kernel.vmclockOffered) {
    const { available, loaded } = kernel.ptpVmclock;
    if (loaded)
      return fail('offered and ptp_vmclock is loaded, but there is no device', '`dmesg | grep -i vmclock` tells why');
    if (available === false)
      return fail(`offered, but ${kernel.release} comes without ptp_vmclock`, 'boot a kernel that has it');
    const where = machine.container ? ', on the machine itself: this is a container' : '';
    return fail('the hypervisor offers one, but ptp_vmclock is not loaded', `\`modprobe ptp_vmclock\`${where}`);
  }
  const remedy =
    'have the hypervisor offer one: QEMU 10.0 and newer with `-device vmclock`, Firecracker from 1.15 on always';
  return warn('none: disruptions are inferred from jumps of the clock', remedy);
}

function describe({ carriesTime, timeType, clockStatus, watching, taiOffsetSeconds, leap }: PageContents): string {
  const time = carriesTime ? `time ${timeType}, host clock ${clockStatus}` : 'the marker only, no time';
  const tai = taiOffsetSeconds === null ? '' : `, TAI − UTC ${taiOffsetSeconds} s`;
  const leapSecond = leap === 'none' ? '' : `, leap second: ${leap}`;
  return `${time}${tai}${leapSecond}, ${watching === 'poll' ? 'wakes us' : 'looked at on a timer'}`;
}
