import type { ClockStatusName, LeapName } from '../ioctl/vmclock-flags.js';
import type { EventKind } from './events/event-kind.js';

/**
 * The document the daemon writes to its status socket, one per connection. `schema` grows only when a reader
 * of the old one would be misled. bigints (markers, counts, instants) are decimal strings. A member that is
 * not known is null, never absent.
 */
export interface StatusDocument {
  readonly schema: 1;
  readonly version: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  readonly state: {
    readonly name: 'starting' | 'feeding' | 'recovering' | 'holding';
    /** A sentence for people; "" while feeding. */
    readonly reason: string;
    /** Seconds in this state. */
    readonly forSeconds: number;
  };
  readonly phc: {
    readonly path: string;
    readonly name: string;
    readonly method: 'PRECISE' | 'EXTENDED' | 'BASIC' | null;
    /** Why each better method is not in use. */
    readonly refusals: readonly { readonly method: string; readonly code: string; readonly meaning: string }[];
    readonly timescale: 'UTC' | 'TAI' | 'shifted' | null;
    /** PHC time − UTC, whole seconds. */
    readonly shiftSeconds: number | null;
    /** On what evidence, or why it is not known. */
    readonly timescaleReason: string;
  } | null;
  readonly vmclock: {
    readonly path: string;
    readonly marker: string;
    readonly generation: string | null;
    readonly seqCount: number;
    readonly clockStatus: ClockStatusName;
    /** Names of the flags that are set; `bit N` for one this version does not know. */
    readonly flags: readonly string[];
    readonly leap: LeapName;
    /** How a change is noticed. */
    readonly watching: 'poll' | 'look';
    /** The page could not be read consistently at the last look: since when, s. */
    readonly unsettledForSeconds: number | null;
  } | null;
  /** The last sample sent in this epoch, carried on to now. */
  readonly sample: {
    /** True − system time now, ns: what has been steered and stepped since the sample is taken off. */
    readonly offsetNs: number;
    readonly bracketNs: number;
    /** |true − system − offsetNs| is at most this now, ns: it grows with the age of the sample. */
    readonly boundNs: number;
    /** The host's own maximum error when the sample was taken, part of boundNs; null where its page does not tell. */
    readonly hostErrorNs: number | null;
    readonly ageSeconds: number;
  } | null;
  readonly rate: {
    /** Rate of the PHC against CLOCK_MONOTONIC_RAW, minus 1. */
    readonly phcPpm: number;
    readonly uncertaintyPpm: number;
  } | null;
  readonly sock: {
    readonly path: string;
    readonly sent: number;
    /** By errno name. */
    readonly dropped: Readonly<Record<string, number>>;
    /** errno name of the last send, "" when it went well. */
    readonly failing: string;
  };
  readonly chronyd: {
    readonly path: string;
    readonly reachable: boolean;
    /** Why not, "" when it is. */
    readonly error: string;
    /** chronyd is synchronised, and to us. */
    readonly synchronised: boolean;
    readonly selectsUs: boolean;
    readonly refid: string;
    readonly stratum: number;
    /** chronyd's estimate of true − system time, ns. */
    readonly offsetNs: number;
    readonly frequencyPpm: number;
    readonly skewPpm: number;
    readonly rootDispersionNs: number;
    /** log2 s of our source's polling interval; null when chronyd has no such source. */
    readonly poll: number | null;
    readonly ageSeconds: number;
  } | null;
  readonly disruptions: {
    readonly count: number;
    readonly last: DisruptionStatus | null;
  };
  /** The latest of what happened since the start, oldest first; `vmclockd events`. */
  readonly events: readonly EventStatus[];
  readonly counters: Readonly<Record<string, number>>;
}

/** Something that happened once. */
export interface EventStatus {
  /** Counts from 1 since the daemon started: a gap between two shows that some are no longer kept. */
  readonly number: number;
  readonly kind: EventKind;
  /** ISO 8601, by the system clock then (which may itself have been wrong). */
  readonly at: string;
  readonly agoSeconds: number;
  /** A sentence for people. */
  readonly message: string;
  /** For programs: snake_case names, such as `marker`, `generation`, `cause`, `synchronised_ms`. */
  readonly facts: Readonly<Record<string, string>>;
}

/** One disruption and what was done about it. Spans are ms since it was noticed; null: not (yet). */
export interface DisruptionStatus {
  readonly cause: 'marker' | 'generation' | 'marker and generation' | 'inferred' | 'while the daemon was down';
  /** ISO 8601, by the system clock when it was noticed (which may itself have been wrong). */
  readonly noticedAt: string;
  /** Seconds since it was noticed. */
  readonly agoSeconds: number;
  readonly marker: string | null;
  readonly generation: string | null;
  readonly resetAnsweredMs: number | null;
  /** chronyd was given the new offset. */
  readonly correctedMs: number | null;
  readonly firstSampleMs: number | null;
  readonly synchronisedMs: number | null;
  /** True − system time as last measured when chronyd followed again, ns. */
  readonly offsetThenNs: number | null;
}
