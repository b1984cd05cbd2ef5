import { formatNs } from '../../format-quantity.js';
import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { followedClock } from './followed-clock.js';

const { ok, warn, skip } = about({
  id: 'clocksource',
  name: 'Clocksource',
  expected: 'tsc, kvm-clock, arch_sys_counter or hyperv_clocksource_tsc_page',
  why: "with any other each look at the time leaves the CPU for a device: microseconds, in every program's calls and in our readings",
});

/** Counters that the CPU reads itself. */
const FAST = /^(tsc(-early)?|kvm-clock|arch_sys_counter|hyperv_clocksource_tsc_page|tod|riscv_clocksource)$/;

/** Which counter drives the system clock, and what that costs. */
export function checkClocksource(facts: DoctorFacts): Finding {
  const { clocksource } = facts.machine;
  if (clocksource === '') return skip('not told by the kernel');
  if (!FAST.test(clocksource)) {
    return warn(
      clocksource,
      "see `dmesg | grep -i clocksource` for why the CPU's counter was given up, and the host's CPU settings (an invariant TSC)",
    );
  }
  return ok(`${clocksource}${cost(facts)}`);
}

/** Not a fault: kvm-clock in place of tsc would cost other things. */
function cost(facts: DoctorFacts): string {
  const clock = followedClock(facts);
  const precise = clock?.methods.find(({ method }) => method === 'PRECISE');
  if (clock === undefined || precise === undefined) return '';
  if (precise.works) return ', PRECISE works';
  const bracket =
    clock.reading === null ? '' : `: ±${formatNs(clock.reading.bracketNs / 2)} by ${clock.reading.method}`;
  // ptp_kvm makes its cross time stamps with kvm-clock alone.
  const cause =
    clock.kind === 'kvm' && clocksourceRefuses(precise.code) ? 'costs PRECISE with ptp_kvm' : 'no PRECISE here';
  return `, ${cause}${bracket}`;
}

function clocksourceRefuses(code: string): boolean {
  return code === 'ENODEV';
}
