import type { LogFormat, LogLevel } from '../log/log.js';

/** What the daemon was told: the configuration file with the command line's flags laid over it, all of it valid. */
export interface Settings {
  /** "auto", or the path of the PHC's device. */
  readonly phc: string;
  /** "auto", "none", or the path of the vmclock page's device. */
  readonly vmclock: string;
  /** chronyd's `refclock SOCK` socket. */
  readonly sock: string;
  /** chronyd's command socket, or "none". */
  readonly chronyd: string;
  /** The refid that chronyd's refclock line gives our source, one to four characters. */
  readonly refid: string;
  /** What the PHC ticks; a number is PHC − UTC in whole seconds. */
  readonly timescale: 'auto' | 'utc' | 'tai' | number;
  readonly statusSocket: string;
  /** Permission bits of the status socket, such as 0o666. */
  readonly statusSocketMode: number;
  readonly stateFile: string;
  /** How often the vmclock page is looked at where nothing wakes us, ms. */
  readonly lookIntervalMs: number;
  /** How far the system clock's rate may be off while nothing is measured, ppm: what the bound grows by. */
  readonly maxDriftPpm: number;
  /** After a disruption: have chronyd forget its samples, or only go on feeding. */
  readonly recovery: 'feed-forward' | 'reset' | 'feed-only';
  /** After a disruption, offsets beyond this are stepped; smaller ones are left to chronyd, µs. */
  readonly stepThresholdUs: number;
  /** When chronyd is not synchronised at the start, offsets beyond this are put right at once, ms; 0: never. */
  readonly firstStepThresholdMs: number;
  /** After so long without a sample chronyd is told to forget us, s; 0: never. */
  readonly withdrawAfterSeconds: number;
  /** Sampling interval at the start and after a disruption, ms. */
  readonly fastIntervalMs: number;
  /** Sampling interval in steady state, ms; "auto" follows chronyd's polling interval. */
  readonly slowIntervalMs: 'auto' | number;
  /** Samples per poll of chronyd that "auto" aims at. */
  readonly samplesPerPoll: number;
  /** Programs to run on events, absolute paths; "": none. */
  readonly hookDisruption: string;
  readonly hookRecovered: string;
  readonly hookGenerationChange: string;
  readonly hookDisruptionSoon: string;
  readonly hookDisruptionImminent: string;
  readonly hookDisruptionUnannounced: string;
  readonly hookUnreliable: string;
  readonly hookReliable: string;
  readonly hookHolding: string;
  readonly hookFeeding: string;
  /** A program of those is ended after so long, s. */
  readonly hookTimeoutSeconds: number;
  readonly logLevel: LogLevel;
  readonly logFormat: 'auto' | Exclude<LogFormat, 'text'>;
}

/** The settings of a daemon that was told nothing. */
export const DEFAULT_SETTINGS: Settings = {
  phc: 'auto',
  vmclock: 'auto',
  sock: '/run/chrony.vmclockd.sock',
  chronyd: '/run/chrony/chronyd.sock',
  refid: 'VMCK',
  timescale: 'auto',
  statusSocket: '/run/vmclockd/status.sock',
  statusSocketMode: 0o666,
  stateFile: '/var/lib/vmclockd/state.json',
  lookIntervalMs: 20,
  maxDriftPpm: 1,
  recovery: 'feed-forward',
  stepThresholdUs: 0.02,
  firstStepThresholdMs: 100,
  withdrawAfterSeconds: 60,
  fastIntervalMs: 50,
  slowIntervalMs: 'auto',
  samplesPerPoll: 5,
  hookDisruption: '',
  hookRecovered: '',
  hookGenerationChange: '',
  hookDisruptionSoon: '',
  hookDisruptionImminent: '',
  hookDisruptionUnannounced: '',
  hookUnreliable: '',
  hookReliable: '',
  hookHolding: '',
  hookFeeding: '',
  hookTimeoutSeconds: 10,
  logLevel: 'info',
  logFormat: 'auto',
};
