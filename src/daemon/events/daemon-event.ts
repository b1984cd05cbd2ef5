import type { EventKind } from './event-kind.js';

/** Something that happened once. */
export interface DaemonEvent {
  /** Counts from 1 since the daemon started. */
  readonly number: number;
  readonly kind: EventKind;
  /** CLOCK_MONOTONIC_RAW then, ns. */
  readonly rawNs: bigint;
  /** CLOCK_REALTIME then, ns since 1970; it may have been wrong. */
  readonly realtimeNs: bigint;
  /** A sentence for people. */
  readonly message: string;
  /** For programs: snake_case names, such as `marker`, `generation`, `cause`, `synchronised_ms`. */
  readonly facts: Readonly<Record<string, string>>;
}
