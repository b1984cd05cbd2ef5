import {
  type ClockKind,
  clockKind,
  type DocumentedTimescale,
  documentedTimescale,
  expectedMethod,
} from './clock-kind.js';
import { READING_METHODS, type ReadingMethod } from './reading.js';

/** A PTP clock as /sys/class/ptp lists it. */
export interface ListedClock {
  /** Number of the device: 0 for ptp0. */
  readonly index: number;
  /** Device path to open, such as /dev/ptp0 or /dev/ptp_kvm. */
  readonly path: string;
  /** The driver's clock_name, "" when unknown. */
  readonly clockName: string;
}

/** A PTP clock, and what its name tells about it. */
export interface RankedClock extends ListedClock {
  readonly kind: ClockKind;
  readonly timescale: DocumentedTimescale;
  /** The best method to be expected of it. */
  readonly expectedMethod: ReadingMethod;
}

/** What a clock's name tells about it. */
export function describeListed(clock: ListedClock, clocksource: string): RankedClock {
  const kind = clockKind(clock.clockName);
  return {
    ...clock,
    kind,
    timescale: documentedTimescale(clock.clockName),
    expectedMethod: expectedMethod(kind, clocksource),
  };
}

/**
 * The clocks, best first: the vmclock PHC, then the hypervisors' clocks by the method to be expected of them; last
 * those that are no hypervisor's, since nobody knows what sets a NIC's clock.
 *
 * @param clocksource the guest's, "" when unknown
 */
export function rankClocks(clocks: readonly ListedClock[], clocksource: string): readonly RankedClock[] {
  return clocks
    .map((clock) => describeListed(clock, clocksource))
    .sort((one, other) => rank(one) - rank(other) || one.index - other.index);
}

function rank(clock: RankedClock): number {
  if (clock.kind === 'vmclock') return -1;
  if (clock.kind === 'other') return READING_METHODS.length;
  return READING_METHODS.indexOf(clock.expectedMethod);
}
