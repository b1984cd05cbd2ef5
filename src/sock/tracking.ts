/** chronyd's TRACKING report, decoded. Source: chrony's candm.h, RPY_Tracking. */
export interface Tracking {
  /** Reference id; a refclock's four ASCII characters, big-endian; 0 when unsynchronised. */
  readonly refId: number;
  /** The same as text where all four bytes are printable ("VMCK"), else eight hex digits. */
  readonly refName: string;
  readonly stratum: number;
  /** 0 normal, 1 insert second, 2 delete second, 3 not synchronised. */
  readonly leapStatus: number;
  /** Time of chronyd's last update, ns since 1970. */
  readonly referenceTimeNs: bigint;
  /** chronyd's estimate of true − system time, ns (what it is still slewing away). */
  readonly currentCorrectionNs: number;
  readonly lastOffsetNs: number;
  readonly rmsOffsetNs: number;
  /** Frequency chronyd corrects by, ppm; positive when the clock would run slow without it, as chronyc's sign. */
  readonly frequencyPpm: number;
  readonly residualFrequencyPpm: number;
  readonly skewPpm: number;
  readonly rootDelayNs: number;
  readonly rootDispersionNs: number;
  readonly updateIntervalSeconds: number;
}

/** One of chronyd's sources (SOURCE_DATA). Source: chrony's candm.h, RPY_Source_Data. */
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
  /** Seconds since the last good sample. */
  readonly sinceSampleSeconds: number;
  readonly originalOffsetNs: number;
  readonly latestOffsetNs: number;
  readonly latestErrorNs: number;
}
