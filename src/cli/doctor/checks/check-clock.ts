import { noClockReasons } from '../../format-no-clock.js';
import { formatNs } from '../../format-quantity.js';
import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { followedClock } from './followed-clock.js';

const { ok, fail, skip } = about({
  id: 'clock',
  name: 'Clock',
  expected: "a PTP clock with the host's time that can be read",
  why: 'without one there is nothing to feed chronyd with',
});

/** Whether there is a PTP clock that can be read. */
export function checkClock(facts: DoctorFacts): Finding {
  const clock = followedClock(facts);
  const reading = clock?.reading;
  if (clock !== undefined && reading) {
    const name = clock.name === '' ? '' : ` (${clock.name})`;
    return ok(`${clock.path}${name} by ${reading.method}, bracket ${formatNs(reading.bracketNs)}`);
  }
  const { clocks, machine, kernel, asRoot } = facts;
  if (clocks.length > 0 && !asRoot && clocks.every(({ error }) => /\bEACCES\b/.test(error))) {
    return skip(`${clocks.map(({ path }) => path).join(', ')}: only root may read them`, 'ask as root');
  }
  const value = clocks.length === 0 ? 'none' : `${clocks.map(({ path }) => path).join(', ')}: none can be read`;
  const missing = kernel.ptpKvm.available === false && !kernel.ptpKvm.loaded;
  if (
    clocks.length === 0 &&
    missing &&
    machine.virtual !== false &&
    !/^(Amazon|Microsoft|VMware)/.test(machine.product)
  ) {
    return fail(value, `on KVM: boot a kernel that has ptp_kvm; ${kernel.release} comes without it`);
  }
  return fail(value, noClockReasons(facts).join(' '));
}
