import { clockKind } from './clock-kind.js';
import type { ReadingMethod } from './reading.js';

/** What is known about the clock that refused. */
export interface RefusalContext {
  /** The driver's clock_name, "" when unknown. */
  readonly clockName: string;
  /** The guest's clocksource, "" when unknown. */
  readonly clocksource: string;
  /** The driver announces cross time stamps (PRECISE); undefined when it could not be asked. */
  readonly crossTimestamping: boolean | undefined;
}

/**
 * What it means that the kernel refused a reading method with this errno: a clause for people.
 *
 * @param code errno name, such as "ENODEV"
 */
export function methodMeaning(method: ReadingMethod, code: string, context: RefusalContext): string {
  const announced = method === 'PRECISE' && context.crossTimestamping === false;
  return meaning(method, code, context) + (announced ? ' (it announces no cross time stamps)' : '');
}

function meaning(method: ReadingMethod, code: string, context: RefusalContext): string {
  const kind = clockKind(context.clockName);
  switch (code) {
    case 'ENOTTY':
      return 'this kernel has no such ioctl, or this is no PTP clock';
    case 'EOPNOTSUPP':
      // ptp_kvm itself always has PRECISE: there it is the hypercall that was turned down.
      return kind === 'kvm' && method === 'PRECISE'
        ? "the host gives no cross time stamps: its own clocksource is not the CPU's counter"
        : 'the driver has no such reading';
    case 'ENODEV':
      return method === 'PRECISE' ? counterMeaning(kind === 'kvm', context.clocksource) : 'the device is gone';
    case 'EINVAL':
      return kind === 'vmclock'
        ? 'the vmclock page says that its time is unreliable, or the tsc is unstable'
        : 'the driver does not accept the request';
    default:
      return 'the kernel refused it';
  }
}

/** PRECISE compares stamps of one counter, which must be the one that drives the system clock. */
function counterMeaning(isKvm: boolean, clocksource: string): string {
  const found =
    clocksource === '' ? "the guest's clocksource is not known" : `the guest's clocksource is ${clocksource}`;
  return isKvm
    ? `${found}, and ptp_kvm's cross time stamps need ${kvmNeeds(clocksource)}`
    : `${found}, which is not the counter of this clock's cross time stamps, or the device is gone`;
}

function kvmNeeds(clocksource: string): string {
  // On arm64 the counter is the architecture's; then it is not the clocksource that is wrong.
  return clocksource === 'kvm-clock' || clocksource === 'arch_sys_counter'
    ? 'a host that offers that counter'
    : 'kvm-clock';
}
