/**
 * What the loop needs from the world, as small as it can be said. The real ones live in `src/ioctl` and
 * `src/sock`; the simulator's in `src/sim`.
 */
import type { MethodRefusal } from '../ioctl/method-refusal.js';
import type { ReadingBatch, ReadingMethod } from '../ioctl/reading.js';
import type { PageLook } from '../ioctl/vmclock-page.js';
import type { RefclockSample } from '../sock/refclock-sample.js';
import type { SendOutcome } from '../sock/send-outcome.js';
import type { SourceData, Tracking } from '../sock/tracking.js';

/** The guest's clocks. */
export interface ClockPort {
  /** CLOCK_MONOTONIC_RAW, ns: never steered, never stepped. */
  monotonicRawNs(): bigint;
  /** CLOCK_REALTIME, ns since 1970. */
  realtimeNs(): bigint;
  /** The kernel's TAI − UTC, s; 0 when nobody has told the kernel. */
  kernelTaiOffsetSeconds(): number;
  /** What the kernel counts, such as "tsc"; "" when it does not tell. */
  clocksource(): string;
}

/** The PHC that is being read. */
export interface PhcPort {
  /** Device path, such as /dev/ptp0. */
  readonly path: string;
  /** The driver's clock_name, such as "KVM virtual PTP"; "" when unknown. */
  readonly clockName: string;
  /** The method in use; undefined before the first reading. */
  readonly method: ReadingMethod | undefined;
  readonly refusals: readonly MethodRefusal[];
  /**
   * Takes one batch by the best method that works.
   * @throws SystemError when no method works, or the device is gone.
   */
  read(): ReadingBatch;
  /** Forgets which method works: the next read tries all again. Called when a new epoch begins. */
  reprobe(): void;
}

/** The vmclock page. */
export interface PagePort {
  readonly path: string;
  /** How changes are noticed: 'poll' wakes `onWake`; 'look' means that somebody has to look. */
  readonly watching: 'poll' | 'look';
  /** Looks at the page now; never throws and never blocks beyond its deadline. */
  look(): PageLook;
  /** Tries again to be woken at changes: another hypervisor may offer what the last one did not. */
  rewatch(): void;
}

/** chronyd's refclock socket. */
export interface SamplePort {
  readonly path: string;
  send(sample: RefclockSample): SendOutcome;
  /** Bytes of samples that were sent and that chronyd has not read yet. */
  pendingBytes(): number;
}

/** chronyd's command socket. Every call rejects with an Error that says what was asked and what went wrong. */
export interface ChronydPort {
  tracking(): Promise<Tracking>;
  sources(): Promise<readonly SourceData[]>;
  /** Has chronyd forget its samples and what it is still slewing, and declare itself unsynchronised. */
  resetSources(): Promise<void>;
  /** Has the system clock run faster by `ppm` from now on. */
  changeFrequency(ppm: number): Promise<void>;
  /** Has the system clock slewed forward by `offsetNs` (true − system). */
  changeOffset(offsetNs: number): Promise<void>;
  /** Has what is still to be slewed stepped at once. Rejects where chronyd cannot step (-x). */
  makeStep(): Promise<void>;
  /** Bytes of requests that chronyd has not read yet. */
  pendingBytes(): number;
  /** Rejects every call that is waiting for its answer: what they were for is void. */
  cancelPending(reason: string): void;
}

/** Time to come. */
export interface TimerPort {
  /** Calls back once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}
