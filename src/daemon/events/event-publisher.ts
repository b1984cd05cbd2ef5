import type { VmclockPage } from '../../ioctl/vmclock-page.js';
import type { DisruptionRecord } from '../disruption-record.js';
import type { FeederState } from '../feeder-types.js';
import type { Log } from '../log/log.js';
import type { ClockPort, TimerPort } from '../ports.js';
import type { DaemonEvent } from './daemon-event.js';
import { EventJournal } from './event-journal.js';
import type { EventKind } from './event-kind.js';
import type { EventSource, Instant, NewEvent } from './event-source.js';

/** How often it is looked whether a hold has become news, ms. */
const TICK_MS = 1000;

/** What the loop does not log itself. */
const LOGGED: ReadonlyMap<EventKind, 'info' | 'warn'> = new Map([
  ['generation-change', 'warn'],
  ['disruption-soon', 'warn'],
  ['disruption-imminent', 'warn'],
  ['disruption-unannounced', 'info'],
  ['reliable', 'info'],
]);

interface EventPublisherOptions {
  readonly source: EventSource;
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  readonly log: Log;
  /** Called for each event, never from within the loop. */
  readonly onEvent: (event: DaemonEvent) => void;
}

/**
 * Takes the loop's news, and numbers, keeps, logs and passes on what is made of them. All of it a turn of the event loop later:
 * the loop calls these in the middle of putting a clock right.
 */
export class EventPublisher {
  readonly #options: EventPublisherOptions;
  readonly #journal = new EventJournal();
  #cancelTick: (() => void) | undefined;

  constructor(options: EventPublisherOptions) {
    this.#options = options;
  }

  /** The latest, oldest first. */
  get events(): readonly DaemonEvent[] {
    return this.#journal.events;
  }

  start(): void {
    this.#cancelTick = this.#options.timers.after(TICK_MS, () => {
      this.#publish(this.#options.source.onTime(this.#now()));
      this.start();
    });
  }

  stop(): void {
    this.#cancelTick?.();
  }

  onPage(page: VmclockPage): void {
    const at = this.#now();
    this.#later(() => this.#options.source.onPage(page, at));
  }

  onDisruption(record: DisruptionRecord): void {
    this.#later(() => this.#options.source.onDisruption(record));
  }

  onState(state: FeederState): void {
    const at = this.#now();
    this.#later(() => this.#options.source.onState(state, at));
  }

  #later(events: () => readonly NewEvent[]): void {
    this.#options.timers.after(0, () => this.#publish(events()));
  }

  #publish(events: readonly NewEvent[]): void {
    const { log, onEvent } = this.#options;
    for (const one of events) {
      const event = this.#journal.add(one);
      const level = LOGGED.get(event.kind);
      if (level !== undefined) log[level](event.message, event.facts);
      onEvent(event);
    }
  }

  #now(): Instant {
    const { clock } = this.#options;
    return { rawNs: clock.monotonicRawNs(), realtimeNs: clock.realtimeNs() };
  }
}
