import type { DisruptionCause, Epoch } from './epoch.js';
import type { RecoveryTimeline } from './recovery/recovery.js';

/** One disruption and what became of it. Instants are CLOCK_MONOTONIC_RAW, ns; absent: not (yet). */
export interface DisruptionRecord {
  readonly cause: DisruptionCause;
  /** The epoch it began; undefined without a page. */
  readonly epoch: Epoch | undefined;
  readonly noticedRawNs: bigint;
  /** The system clock then, ns since 1970: for people, it may have been wrong. */
  readonly noticedRealtimeNs: bigint;
  /** What was done to chronyd. */
  recovery?: RecoveryTimeline;
  firstSampleRawNs?: bigint;
  synchronisedRawNs?: bigint;
  /** True − system time as last measured when chronyd followed again, ns. */
  offsetThenNs?: number;
}

/** What a disruption was, in words for the log. */
export function causeInWords(cause: DisruptionCause): string {
  switch (cause) {
    case 'marker':
      return 'the disruption marker changed: probably a live migration';
    case 'generation':
      return 'the VM generation counter changed: a snapshot was restored or the machine cloned';
    case 'marker and generation':
      return 'the disruption marker and the VM generation counter changed: probably a restored snapshot';
    case 'inferred':
      return 'the PHC jumped against CLOCK_MONOTONIC_RAW';
    case 'while the daemon was down':
      return 'the vmclock page changed while the daemon was down';
  }
}
