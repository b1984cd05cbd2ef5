import type { ClockKind } from '../ioctl/clock-kind.js';
import type { ReadingMethod } from '../ioctl/reading.js';
import type { ClockStatusName, LeapName } from '../ioctl/vmclock-flags.js';

/** Everything that `vmclockd probe` found out: facts only, the words are made elsewhere. bigints as decimal text. */
export interface ProbeFacts {
  readonly schema: 1;
  readonly machine: MachineFacts;
  /** PTP clocks, best first. */
  readonly clocks: readonly ClockFacts[];
  /** vmclock pages; those that cannot be read included. */
  readonly pages: readonly PageFacts[];
  readonly chronyd: ChronydFacts;
}

/** What decides about which clocks there could be. */
export interface MachineFacts {
  readonly container: boolean;
  /** Manufacturer and product as the firmware says, "" when unknown: "QEMU Standard PC", "Amazon EC2 m7i.large". */
  readonly product: string;
  /** The clock source in use: "tsc", "kvm-clock", … "" when unknown. */
  readonly clocksource: string;
  /** The CPU says that a hypervisor runs it; null where it does not tell (all but x86). */
  readonly virtual: boolean | null;
  /** The kernel has /sys/class/ptp. */
  readonly ptpClass: boolean;
  /** ptp_kvm is loaded. */
  readonly ptpKvmLoaded: boolean;
}

/** One PTP clock. */
export interface ClockFacts {
  readonly path: string;
  /** The driver's clock_name, "" when unknown. */
  readonly name: string;
  readonly kind: ClockKind;
  /** Why it could not be opened; "" when it could. */
  readonly error: string;
  /** Can give a time stamp of device and system clock at one instant; null when not asked. */
  readonly crossTimestamping: boolean | null;
  readonly methods: readonly MethodFacts[];
  /** One reading by the best method, null when there is none. */
  readonly reading: ReadingFacts | null;
}

/** Whether a method works on a clock. */
export interface MethodFacts {
  readonly method: ReadingMethod;
  readonly works: boolean;
  /** errno name where it does not, "" where it does. */
  readonly code: string;
  readonly meaning: string;
}

/** The narrowest reading of one batch. */
export interface ReadingFacts {
  readonly method: ReadingMethod;
  readonly systemClock: 'CLOCK_REALTIME' | 'CLOCK_MONOTONIC_RAW';
  /** Device − CLOCK_REALTIME, ns. The device may tick TAI: then it is some 37 s. */
  readonly offsetNs: number;
  readonly bracketNs: number;
  /** Readings in the batch. */
  readonly count: number;
}

/** One vmclock page. */
export interface PageFacts {
  readonly path: string;
  /** Why it could not be read; "" when it could. */
  readonly error: string;
  readonly contents: PageContents | null;
}

/** What stands in a page. */
export interface PageContents {
  readonly sizeBytes: number;
  readonly version: number;
  /** The page has a line from counter to time, and not only a marker. */
  readonly carriesTime: boolean;
  readonly counter: string;
  readonly timeType: string;
  readonly marker: string;
  readonly generation: string | null;
  readonly seqCount: number;
  readonly clockStatus: ClockStatusName;
  readonly leap: LeapName;
  readonly flags: readonly string[];
  readonly taiOffsetSeconds: number | null;
  readonly watching: 'poll' | 'look';
}

/** chronyd's two sockets. */
export interface ChronydFacts {
  readonly commandSocket: SocketFacts;
  readonly refclockSocket: SocketFacts;
}

/** A unix socket that should be there. */
export interface SocketFacts {
  readonly path: string;
  readonly present: boolean;
  /** errno name when it cannot be looked at, "" else; ENOENT is `present: false` and "". */
  readonly error: string;
}
