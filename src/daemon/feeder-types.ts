import type { ClockPair } from '../ioctl/reading.js';
import type { VmclockPage } from '../ioctl/vmclock-page.js';
import type { SendReport } from '../sock/send-report.js';
import type { ChronydView } from './chronyd-watch.js';
import type { DisruptionRecord } from './disruption-record.js';
import type { Epoch } from './epoch.js';
import type { EpochKnowledge, JudgedSample } from './epoch-knowledge.js';
import type { Log } from './log/log.js';
import type { SentSample } from './phc2sys/servo-sample.js';
import type { ChronydPort, ClockPort, PagePort, PhcPort, SamplePort, TimerPort } from './ports.js';
import type { RecoveryPolicy } from './recovery/recovery.js';

/** PHC − UTC, s, as found under a certain TAI offset of the page (undefined: it vouched for none). */
export interface EstablishedShift {
  readonly seconds: number;
  readonly pageTaiOffsetSeconds: number | undefined;
}

/** What outlives an epoch and the daemon, within one boot. */
export interface Remembered {
  /** undefined without a page. */
  readonly epoch: Epoch | undefined;
  /** PHC − UTC as established; undefined before that. */
  readonly shift: EstablishedShift | undefined;
}

/** The world around the loop. */
export interface FeederPorts {
  readonly clock: ClockPort;
  readonly phc: PhcPort;
  /** What the PHC's driver is documented to tick. */
  readonly phcTimescale: 'utc' | 'tai' | 'unknown';
  /** undefined: no vmclock; disruptions are inferred. */
  readonly page: PagePort | undefined;
  readonly sock: SamplePort;
  /** undefined: no command socket is to be used. */
  readonly chronyd: ChronydPort | undefined;
  readonly timers: TimerPort;
  readonly log: Log;
  /** From the state file of this boot; undefined: nothing is known. */
  readonly remembered: Remembered | undefined;
  /** Called when it changed. */
  remember(remembered: Remembered): void;
  /** Called when a settled page was seen that is another than the one before. */
  onPage(page: VmclockPage): void;
  /** Called when the state changed. */
  onState(state: FeederState): void;
  /** Called when a disruption was noticed; the record goes on filling. */
  onDisruption(record: DisruptionRecord): void;
  /** Called when a sample was sent. */
  onSample?(sent: SentSample): void;
}

/** The settings the loop acts upon. */
export interface FeederOptions {
  readonly refid: string;
  readonly timescale: 'auto' | 'utc' | 'tai' | number;
  readonly recovery: RecoveryPolicy;
  /** After a disruption, offsets beyond this are stepped, smaller ones left to chronyd, µs. */
  readonly stepThresholdUs: number;
  /** When chronyd is not synchronised at the start, offsets beyond this are put right at once, ms; 0: never. */
  readonly firstStepThresholdMs: number;
  /** After so long without a sample chronyd is told to forget us, s; 0: never. */
  readonly withdrawAfterSeconds: number;
  readonly lookIntervalMs: number;
  readonly fastIntervalMs: number;
  readonly slowIntervalMs: number | 'auto';
  readonly samplesPerPoll: number;
  readonly maxDriftPpm: number;
}

/** How it stands. */
export interface FeederState {
  readonly name: 'starting' | 'feeding' | 'recovering' | 'holding';
  /** A sentence for people; "" while feeding. */
  readonly reason: string;
  readonly sinceRawNs: bigint;
}

/** What the loop counts, each since the start. */
export interface FeederCounters {
  looks: number;
  unsettledLooks: number;
  readings: number;
  failedReads: number;
  /** Batches without a usable reading. */
  rejected: number;
  /** Readings thrown away because the page or the system clock changed before they could leave. */
  straddling: number;
  /** Steps of the system clock by somebody else, or by chronyd. */
  clockSteps: number;
  /** Times chronyd was told to forget us because we must not feed it. */
  withdrawals: number;
}

/** Everything there is to tell. Instants are CLOCK_MONOTONIC_RAW, ns. */
export interface FeederReport {
  /** The system clocks now. */
  readonly now: ClockPair;
  readonly startedRawNs: bigint;
  readonly state: FeederState;
  readonly page: VmclockPage | undefined;
  readonly unsettledSinceRawNs: bigint | undefined;
  /** The last sample sent in this epoch. */
  readonly sample: JudgedSample | undefined;
  readonly knowledge: EpochKnowledge | undefined;
  readonly sends: SendReport;
  readonly chronyd: ChronydView | undefined;
  readonly disruptions: number;
  readonly lastDisruption: DisruptionRecord | undefined;
  readonly counters: Readonly<FeederCounters>;
}
