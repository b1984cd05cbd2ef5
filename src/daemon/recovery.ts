import type { Log } from './log/log.js';
import type { ChronydPort, TimerPort } from './ports.js';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;

interface RecoveryOptions {
  /** undefined: there is no command socket, so that chronyd cannot be told. */
  readonly chronyd: ChronydPort | undefined;
  readonly policy: 'reset' | 'feed-only';
  readonly timers: TimerPort;
  readonly log: Log;
  /** chronyd may be fed again; `answered`: because it answered the reset. */
  readonly onReady: (answered: boolean) => void;
}

/**
 * What is done to chronyd after one disruption: it is told to forget its samples, and asked again until it has
 * answered. Until then nothing is fed, as chronyd would average it with what it learnt before.
 *
 * One object per disruption; the next disruption cancels it.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  #ready = false;
  #cancelled = false;
  #cancelTimer: (() => void) | undefined;
  /** Why chronyd has not been reset yet, "" when nothing is known to be wrong. */
  problem = '';

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Whether chronyd may be fed. */
  get ready(): boolean {
    return this.#ready;
  }

  start(): void {
    const { chronyd, policy } = this.#options;
    if (chronyd === undefined || policy === 'feed-only') {
      this.#ready = true;
      this.#options.onReady(false);
      return;
    }
    this.#reset(chronyd, FIRST_RETRY_MS);
  }

  cancel(): void {
    this.#cancelled = true;
    this.#cancelTimer?.();
  }

  #reset(chronyd: ChronydPort, retryMs: number): void {
    chronyd.resetSources().then(
      () => {
        if (this.#cancelled) return;
        this.#ready = true;
        this.problem = '';
        this.#options.onReady(true);
      },
      (error: unknown) => {
        if (this.#cancelled) return;
        const message = error instanceof Error ? error.message : String(error);
        if (message !== this.problem) {
          this.#options.log.warn(`chronyd could not be reset, so it is not fed: ${message}`);
          this.problem = message;
        }
        this.#cancelTimer = this.#options.timers.after(retryMs, () => {
          this.#reset(chronyd, Math.min(2 * retryMs, LAST_RETRY_MS));
        });
      },
    );
  }
}
