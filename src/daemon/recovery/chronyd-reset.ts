import { errorCode } from '../error-code.js';
import type { Log } from '../log/log.js';
import type { ChronydPort, TimerPort } from '../ports.js';
import { isUnread } from './is-unread.js';

const FIRST_RETRY_MS = 100;
/** chronyd may come back at any time, and waits for us then. */
const LAST_RETRY_MS = 500;
const DRAIN_MS = 10;
/** A reset that was sent so often without an answer is taken for done: the answers are what is lost (SELinux does that). */
const UNANSWERED_LIMIT = 3;
interface ChronydResetOptions {
  readonly chronyd: ChronydPort;
  /** Bytes of samples that chronyd has not read yet. */
  readonly pendingBytes: () => number;
  readonly timers: TimerPort;
  readonly log: Log;
  /** chronyd has forgotten everything that was sent before; `sure`: it has answered something after the reset. */
  readonly onDone: (sure: boolean) => void;
}

/**
 * Has chronyd forget its samples, for certain: again and again while it refuses or is away; once more when samples sent
 * before were still waiting to be read, as chronyd may answer the reset before it reads them.
 */
export class ChronydReset {
  /** Why it is not done yet, "" when nothing is known to be wrong. */
  problem = '';
  /** Resets sent so far, and those of them that failed. */
  attempts = 0;
  failures = 0;
  readonly #options: ChronydResetOptions;
  #cancelled = false;
  #cancelTimer: (() => void) | undefined;
  #unanswered = 0;
  #sure = false;

  constructor(options: ChronydResetOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#reset(FIRST_RETRY_MS);
  }

  cancel(): void {
    this.#cancelled = true;
    this.#cancelTimer?.();
  }

  async #reset(retryMs: number): Promise<void> {
    const unread = this.#samplesAreUnread();
    this.attempts += 1;
    const done = await this.#isReset();
    if (this.#cancelled) return;
    if (!done) {
      this.failures += 1;
      this.#later(retryMs, () => void this.#reset(Math.min(2 * retryMs, LAST_RETRY_MS)));
    } else if (unread) {
      this.#drain();
    } else {
      this.problem = '';
      this.#options.onDone(this.#sure);
    }
  }

  /** Waits until chronyd has read what was sent before the disruption, then resets again. */
  #drain(): void {
    if (!this.#samplesAreUnread()) {
      void this.#reset(FIRST_RETRY_MS);
      return;
    }
    this.problem = 'chronyd has not read all samples of before the disruption';
    this.#later(DRAIN_MS, () => this.#drain());
  }

  async #isReset(): Promise<boolean> {
    const { chronyd, log } = this.#options;
    try {
      await chronyd.resetSources();
      this.#sure = true;
      return true;
    } catch (error) {
      if (this.#cancelled) return false;
      const message = error instanceof Error ? error.message : String(error);
      if (message !== this.problem) log.warn(`chronyd could not be reset, so it is not fed: ${message}`);
      this.problem = message;
      return errorCode(error) === 'ETIMEDOUT' && (await this.#wasResetAllTheSame());
    }
  }

  /** The command was sent and no answer came. What is answered after it proves that it was carried out before. */
  async #wasResetAllTheSame(): Promise<boolean> {
    const { chronyd, log } = this.#options;
    this.#unanswered += 1;
    try {
      await chronyd.tracking();
      this.#sure = true;
      return true;
    } catch {
      // No answer to this either: what is counted below decides.
    }
    if (this.#cancelled || this.#unanswered < UNANSWERED_LIMIT) return false;
    // What waits in its queue will be carried out some day: it hangs, and may not be fed before.
    if (isUnread(() => chronyd.pendingBytes(), log)) return false;
    this.#sure = false;
    log.warn(`chronyd answers nothing; it was told ${this.#unanswered} times to forget, which is taken for done`);
    return true;
  }

  #samplesAreUnread(): boolean {
    return isUnread(this.#options.pendingBytes, this.#options.log);
  }

  #later(delayMs: number, callback: () => void): void {
    this.#cancelTimer = this.#options.timers.after(delayMs, callback);
  }
}
