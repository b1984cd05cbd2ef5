import type { EventStatus, StatusDocument } from '../../daemon/status-document.js';

/** Something to tell whoever follows. */
export type EventNews =
  | { readonly kind: 'event'; readonly event: EventStatus }
  /** So many happened that the daemon no longer keeps them all. */
  | { readonly kind: 'missed'; readonly count: number }
  /** Another daemon answers than before: it counts from 1 again. */
  | { readonly kind: 'restarted'; readonly pid: number };

/** Tells from one status document after another what is new. Pure. */
export class EventFollower {
  #pid: number | undefined;
  #uptimeSeconds = 0;
  #lastNumber = 0;

  /** The first document tells all that the daemon keeps. */
  take({ pid, uptimeSeconds, events }: StatusDocument): readonly EventNews[] {
    const news: EventNews[] = [];
    const first = this.#pid === undefined;
    // A PID may come again; a time that goes back cannot.
    if (!first && (pid !== this.#pid || uptimeSeconds < this.#uptimeSeconds)) {
      news.push({ kind: 'restarted', pid });
      this.#lastNumber = 0;
    }
    this.#pid = pid;
    this.#uptimeSeconds = uptimeSeconds;
    const fresh = events.filter(({ number }) => number > this.#lastNumber);
    const missed = (fresh[0]?.number ?? this.#lastNumber + 1) - this.#lastNumber - 1;
    if (!first && missed > 0) news.push({ kind: 'missed', count: missed });
    this.#lastNumber = fresh.at(-1)?.number ?? this.#lastNumber;
    return [...news, ...fresh.map((event): EventNews => ({ kind: 'event', event }))];
  }
}
