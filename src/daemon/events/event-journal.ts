import type { DaemonEvent } from './daemon-event.js';

/** Events kept: as many as fit a screen or two. */
const KEPT = 50;

/** The latest of what happened, and a number for each. */
export class EventJournal {
  readonly #events: DaemonEvent[] = [];
  #number = 0;

  /** Oldest first, at most 50. */
  get events(): readonly DaemonEvent[] {
    return this.#events;
  }

  /** Numbers the event and keeps it. */
  add(event: Omit<DaemonEvent, 'number'>): DaemonEvent {
    this.#number += 1;
    const numbered = { ...event, number: this.#number };
    this.#events.push(numbered);
    if (this.#events.length > KEPT) this.#events.shift();
    return numbered;
  }
}
