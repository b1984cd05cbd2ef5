import { noClockReasons } from '../../format-no-clock.js';
import { formatNs } from '../../format-quantity.js';
import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { followedClock } from './followed-clock.js';

const { ok, warn, fail, skip } = about({
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
    const value = `${clock.path}${name} by ${reading.method}, bracket ${formatNs(reading.bracketNs)}`;
    const { settings, file } = facts.daemon;
    if (clock.kind !== 'other' || settings.phc !== 'auto') return ok(value);
    return warn(
      `${value}: no hypervisor's clock`,
      `if something keeps it right, say so: phc = "${clock.path}" in ${file}`,
      {
        expected: "a hypervisor's clock, or one that is named in the configuration",
        why: "nobody knows what sets a network card's clock; where nothing does, this machine would follow it astray",
      },
    );
  }
  const { clocks, machine, kernel, asRoot, namedDevice } = facts;
  if (clocks.length > 0 && !asRoot && clocks.every(({ error }) => /\bEACCES\b/.test(error))) {
    return skip(`${clocks.map(({ path }) => path).join(', ')}: only root may read them`, 'ask as root');
  }
  if (clock === undefined && namedDevice !== 'auto' && clocks.length > 0) {
    return fail(
      `${namedDevice}: the kernel lists no such clock`,
      `phc = "auto" in ${facts.daemon.file}; \`vmclockd probe\` shows what there is`,
    );
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
