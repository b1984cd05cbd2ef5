import { VmclockFlag, type VmclockPage } from '../../ioctl/vmclock-page.js';

/** The clocksource that is the counter a page tells of, by the page's counter id. */
const CLOCKSOURCES: ReadonlyMap<number, string> = new Map([
  [0, 'arch_sys_counter'],
  [1, 'tsc'],
]);
/** A counter's frequency differs by tens of ppm between hosts; beyond this the pages are not of one kind of counter. */
const LARGEST_CHANGE_PPM = 500;

/**
 * Change of the guest's clock rate between two pages: how much faster true time passes per count than it did, ppm.
 * undefined where either page carries no time, or the two cannot be compared.
 *
 * Both pages give the period of the same counter, so the ratio of the periods is the change; nothing has to be measured.
 * It is the system clock's only where that counts the same counter: kvm-clock is put right by the host itself.
 *
 * @param clocksource the kernel's, such as "tsc"; "" when unknown
 */
export function pageRateChangePpm(before: VmclockPage, after: VmclockPage, clocksource: string): number | undefined {
  if (before.counterId !== after.counterId || CLOCKSOURCES.get(after.counterId) !== clocksource) return undefined;
  if (before.timeType !== after.timeType || after.clockStatus === 4 || before.clockStatus === 4) return undefined;
  if (before.counterPeriodFracSec === 0n || after.counterPeriodFracSec === 0n) return undefined;
  if (((before.flags ^ after.flags) & VmclockFlag.TIME_MONOTONIC) !== 0n) return undefined;
  const shift = before.counterPeriodShift - after.counterPeriodShift;
  // Exact until here: the two differ by parts in a million, which the difference keeps and a quotient would lose.
  const [from, to] =
    shift >= 0
      ? [before.counterPeriodFracSec, after.counterPeriodFracSec << BigInt(shift)]
      : [before.counterPeriodFracSec << BigInt(-shift), after.counterPeriodFracSec];
  const changePpm = (Number(to - from) / Number(from)) * 1e6;
  return Math.abs(changePpm) <= LARGEST_CHANGE_PPM ? changePpm : undefined;
}
