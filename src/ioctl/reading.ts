/** The PTP ioctl behind a reading, best first: PTP_SYS_OFFSET_PRECISE, PTP_SYS_OFFSET_EXTENDED, PTP_SYS_OFFSET. */
export type ReadingMethod = 'PRECISE' | 'EXTENDED' | 'BASIC';

/** Every method, best first. */
export const READING_METHODS: readonly ReadingMethod[] = ['PRECISE', 'EXTENDED', 'BASIC'];

/**
 * One comparison of a PHC with a system clock: the device was read at some instant between
 * `beforeNs` and `afterNs`. That is a proof, not a statistic: the offset lies within
 * [deviceNs − afterNs, deviceNs − beforeNs].
 *
 * A hardware cross time stamp has beforeNs === afterNs; so have EXTENDED readings of a PHC that
 * runs on the same counter as the system clock (ptp_vmclock).
 */
export interface Reading {
  /** System clock just before the device was read, ns since its epoch. */
  readonly beforeNs: bigint;
  /** The device's time, ns since 1970 on the device's own time scale (UTC, TAI, …). */
  readonly deviceNs: bigint;
  /** System clock just after the device was read, ns since its epoch. */
  readonly afterNs: bigint;
}

/** CLOCK_REALTIME and CLOCK_MONOTONIC_RAW at one instant, known to ± `widthNs` / 2. */
export interface ClockPair {
  readonly realtimeNs: bigint;
  readonly monotonicRawNs: bigint;
  /** Width of the sandwich in which the two were read, ns; 0 for a hardware cross time stamp. */
  readonly widthNs: number;
}

/** Readings taken by one call, and how the two system clocks stood to each other around it. */
export interface ReadingBatch {
  readonly method: ReadingMethod;
  /** The system clock of `beforeNs` and `afterNs`. */
  readonly systemClock: 'CLOCK_REALTIME' | 'CLOCK_MONOTONIC_RAW';
  /** In the order taken; at least one. */
  readonly readings: readonly Reading[];
  /** Taken just before the readings; for PRECISE, the reading's own pair. */
  readonly pairBefore: ClockPair;
  /** Taken just after the readings; for PRECISE, the reading's own pair. */
  readonly pairAfter: ClockPair;
}
