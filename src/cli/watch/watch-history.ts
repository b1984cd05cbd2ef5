import type { StatusDocument } from '../../daemon/status-document.js';

/** One look at the daemon. */
export interface Observation {
  /** When, s on any clock that never steps. */
  readonly atSeconds: number;
  /** undefined: no daemon answered. */
  readonly status: StatusDocument | undefined;
  /** Why not; "" when it did. */
  readonly error: string;
}

/** What is kept of a look. */
export interface WatchPoint {
  readonly atSeconds: number;
  readonly state: StatusDocument['state']['name'] | 'away';
  /** undefined: no sample. */
  readonly sample: { readonly offsetNs: number; readonly boundNs: number } | undefined;
  /** A disruption was noticed between the look before and this one. */
  readonly disrupted: boolean;
}

/** Everything a frame is drawn from. */
export interface WatchHistory {
  /** Oldest first. */
  readonly points: readonly WatchPoint[];
  /** What the daemon said last; undefined: never anything. */
  readonly last: { readonly status: StatusDocument; readonly atSeconds: number } | undefined;
  /** Why the daemon does not answer; "" while it does. */
  readonly error: string;
}

/** More columns than a terminal has, and a little to look back when it grows. */
const MOST_POINTS = 1000;

/** Before the first look. */
export const NO_HISTORY: WatchHistory = { points: [], last: undefined, error: '' };

/** The history with one more look. Pure. A daemon that is away for a while takes nothing from it. */
export function observe(history: WatchHistory, { atSeconds, status, error }: Observation): WatchHistory {
  const point: WatchPoint = {
    atSeconds,
    state: status?.state.name ?? 'away',
    sample: status?.sample ?? undefined,
    disrupted: status !== undefined && history.last !== undefined && isNew(status, history.last.status),
  };
  return {
    points: [...history.points, point].slice(-MOST_POINTS),
    last: status === undefined ? history.last : { status, atSeconds },
    error: status === undefined ? error : '',
  };
}

/** By when it was noticed: a daemon that was started anew counts from 0 again. */
function isNew({ disruptions }: StatusDocument, before: StatusDocument): boolean {
  return disruptions.last !== null && disruptions.last.noticedAt !== before.disruptions.last?.noticedAt;
}
