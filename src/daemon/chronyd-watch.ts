import type { SourceData, Tracking } from '../sock/tracking.js';
import type { ChronydPort, ClockPort, TimerPort } from './ports.js';

/** What chronyd last said of itself and of our source. */
export interface ChronydView {
  readonly reachable: boolean;
  /** Why it is not, "" when it is. */
  readonly error: string;
  /** Its last answer to TRACKING; undefined before the first. */
  readonly tracking: Tracking | undefined;
  /** Our source as chronyd has it; undefined before it was asked, or when chronyd has no source of our refid. */
  readonly source: SourceData | undefined;
  /** When it was asked for `tracking`, and when it answered, CLOCK_MONOTONIC_RAW ns. */
  readonly askedRawNs: bigint;
  readonly answeredRawNs: bigint;
}

/** chronyd is synchronised, and to the source with this refid. */
export function followsUs(view: ChronydView, refid: string): boolean {
  const { reachable, tracking } = view;
  return reachable && tracking !== undefined && tracking.leapStatus !== 3 && tracking.refName === refid;
}

/** chronyd's poll of our source seldom changes, and each source costs a request. */
const TRACKINGS_PER_SOURCES = 15;

interface ChronydWatchOptions {
  readonly chronyd: ChronydPort;
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  readonly refid: string;
  /** Until the next question, ms: asked anew each time. */
  readonly intervalMs: () => number;
  /** Called after each answer, and after each failure to get one. */
  readonly onView: (view: ChronydView) => void;
}

/** Keeps asking chronyd how it stands. One question at a time; a failure is a view like any other. */
export class ChronydWatch {
  readonly #options: ChronydWatchOptions;
  #view: ChronydView = {
    reachable: false,
    error: 'not asked yet',
    tracking: undefined,
    source: undefined,
    askedRawNs: 0n,
    answeredRawNs: 0n,
  };
  #cancelTimer: (() => void) | undefined;
  #round = 0;
  /** Answers to questions of an earlier generation are about a time that is over. */
  #generation = 0;
  #stopped = false;

  constructor(options: ChronydWatchOptions) {
    this.#options = options;
  }

  get view(): ChronydView {
    return this.#view;
  }

  /** Asks now, and then every `intervalMs`. */
  start(): void {
    this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
  }

  /** What chronyd said so far is void (it was reset): asks again at once, ignoring answers still on the way. */
  restart(): void {
    this.#generation += 1;
    this.#view = { ...this.#view, tracking: undefined };
    this.#cancelTimer?.();
    this.#ask();
  }

  #ask(): void {
    const generation = this.#generation;
    void this.#question().then((view) => {
      if (this.#stopped || generation !== this.#generation) return;
      this.#view = view;
      this.#options.onView(view);
      this.#cancelTimer = this.#options.timers.after(this.#options.intervalMs(), () => this.#ask());
    });
  }

  async #question(): Promise<ChronydView> {
    const { chronyd, clock, refid } = this.#options;
    try {
      const askedRawNs = clock.monotonicRawNs();
      const tracking = await chronyd.tracking();
      const answeredRawNs = clock.monotonicRawNs();
      const source = this.#isTimeForSources(tracking) ? ours(await chronyd.sources(), refid) : this.#view.source;
      return { reachable: true, error: '', tracking, source, askedRawNs, answeredRawNs };
    } catch (error) {
      this.#round = 0;
      return { ...this.#view, reachable: false, error: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Now and then, and whenever chronyd has chosen anew. */
  #isTimeForSources(tracking: Tracking): boolean {
    const due = this.#round % TRACKINGS_PER_SOURCES === 0;
    this.#round += 1;
    return due || tracking.refName !== this.#view.tracking?.refName;
  }
}

function ours(sources: readonly SourceData[], refid: string): SourceData | undefined {
  return sources.find((source) => source.isRefclock && source.name === refid);
}
