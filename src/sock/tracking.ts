/**
 * chronyd's TRACKING report, decoded. Source: chrony's candm.h, RPY_Tracking.
 *
 * Offsets are true − system here as everywhere in this program; chronyc prints "Last offset" the other way round.
 */
export interface Tracking {
  /** Reference id; a refclock's four ASCII characters, big-endian; 0 when unsynchronised. */
  readonly refId: number;
  /** The same as text where all four bytes are printable ("VMCK"), else eight hex digits. */
  readonly refName: string;
  readonly stratum: number;
  /** 0 normal, 1 insert second, 2 delete second, 3 not synchronised. */
  readonly leapStatus: number;
  /** Time of chronyd's last update, ns since 1970; chronyd blurs it on purpose by up to an update interval. */
  readonly referenceTimeNs: bigint;
  /** chronyd's estimate of true − system time, ns (what it is still slewing away). */
  readonly currentCorrectionNs: number;
  /** Offset found at the last update, ns; positive when the system clock, as corrected until then, was behind. */
  readonly lastOffsetNs: number;
  readonly rmsOffsetNs: number;
  /** What chronyd corrects the frequency by, ppm; positive when the clock would run fast without it, as chronyc prints. */
  readonly frequencyPpm: number;
  /** Frequency that the source shows and chronyd has not yet corrected, ppm; same sign. */
  readonly residualFrequencyPpm: number;
  /** Estimated error bound of the frequency, ppm. */
  readonly skewPpm: number;
  readonly rootDelayNs: number;
  readonly rootDispersionNs: number;
  readonly updateIntervalSeconds: number;
}

/**
 * One of chronyd's sources (SOURCE_DATA). Source: chrony's candm.h, RPY_Source_Data. Offsets are true − system;
 * chronyc prints the opposite.
 */
export interface SourceData {
  /** A refclock's refid as text ("VMCK"), or an address as text. */
  readonly name: string;
  readonly isRefclock: boolean;
  /** log2 of the polling interval, s. */
  readonly poll: number;
  readonly stratum: number;
  /** chronyc's state column. */
  readonly state: 'selected' | 'nonselectable' | 'falseticker' | 'jittery' | 'unselected' | 'selectable' | 'unknown';
  /** Eight-bit register of the last polls that brought a sample. */
  readonly reachability: number;
  /** Seconds since the last good sample; Infinity when there is none (yet, or since a reset). */
  readonly sinceSampleSeconds: number;
  /** The last sample as measured, ns. */
  readonly originalOffsetNs: number;
  /** The same against the clock as corrected since. */
  readonly latestOffsetNs: number;
  /** Estimated error bound of that sample, ns. */
  readonly latestErrorNs: number;
}
