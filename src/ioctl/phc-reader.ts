import { type PairClocks, readClockPair } from './clock-pair.js';
import { MethodChoice } from './method-choice.js';
import { methodMeaning } from './method-meaning.js';
import type { MethodRefusal } from './method-refusal.js';
import { PtpAnswerError } from './ptp-answer-error.js';
import type { PtpClock } from './ptp-clock.js';
import type { ReadingBatch, ReadingMethod } from './reading.js';
import { SystemError } from './system-error.js';

/** The kernel says that this method will not do here; another may. */
const REFUSED: ReadonlySet<string> = new Set(['EOPNOTSUPP', 'ENOTTY', 'ENODEV', 'EINVAL']);

export interface PhcReaderOptions {
  /** Readings of one EXTENDED call, 1 … 25; default 10. */
  readonly extendedCount?: number;
  /** Readings of one BASIC call, 1 … 25; default 25: most of them have a wide bracket. */
  readonly basicCount?: number;
  /** System clock of EXTENDED stamps; CLOCK_MONOTONIC_RAW only where the kernel can (6.12). Default CLOCK_REALTIME. */
  readonly systemClock?: ReadingBatch['systemClock'];
}

/** What the reader stands on. */
export interface PhcReaderParts {
  readonly clock: Pick<PtpClock, 'path' | 'caps' | 'precise' | 'extended' | 'basic' | 'close'>;
  /** The driver's clock_name, "" when unknown. */
  readonly clockName: string;
  readonly systemClocks: PairClocks;
  /** The guest's clocksource now, "" when unknown; asked for when PRECISE is refused. */
  readonly clocksource: () => string;
}

/** Reads a PHC by the best method that works now, and keeps why the better ones do not. */
export class PhcReader {
  readonly clockName: string;
  readonly #parts: PhcReaderParts;
  readonly #extendedCount: number;
  readonly #basicCount: number;
  readonly #choice = new MethodChoice();
  readonly #wantedClock: ReadingBatch['systemClock'];
  /** The wanted one, until the kernel turns out to be too old for it. */
  #systemClock: ReadingBatch['systemClock'];

  constructor(parts: PhcReaderParts, options: PhcReaderOptions = {}) {
    this.#parts = parts;
    this.clockName = parts.clockName;
    this.#extendedCount = options.extendedCount ?? 10;
    this.#basicCount = options.basicCount ?? 25;
    this.#wantedClock = options.systemClock ?? 'CLOCK_REALTIME';
    this.#systemClock = this.#wantedClock;
  }

  get path(): string {
    return this.#parts.clock.path;
  }

  /** The method in use; undefined before the first reading and when none works. */
  get method(): ReadingMethod | undefined {
    return this.#choice.method;
  }

  /** Why each better method is not in use, best first. */
  get refusals(): readonly MethodRefusal[] {
    return this.#choice.refusals;
  }

  /**
   * Takes one batch by the best method that works. One that is refused is left for the next within the same call, and
   * tried again after a minute.
   *
   * @throws SystemError when no method works (ENODEV: the device is gone) or the driver is in passing trouble (EBUSY,
   * ETIMEDOUT); PtpAnswerError when the answers of the last method cannot be right
   */
  read(): ReadingBatch {
    const nowNs = this.#parts.systemClocks.monotonicRawNs();
    let failure: unknown;
    for (const method of this.#choice.candidates(nowNs)) {
      try {
        const batch = this.#takeTwice(method);
        this.#choice.worked(method);
        return batch;
      } catch (error) {
        failure = error;
        const refusal = this.#refusal(method, error);
        if (refusal !== undefined) this.#choice.refused(refusal, nowNs);
        // Busy is no refusal, but for this once another method will do as well.
        else if (!(error instanceof SystemError && error.code === 'EBUSY')) throw error;
      }
    }
    throw failure instanceof SystemError && failure.code !== 'EBUSY' ? failure.withRemedy(this.#whyNone()) : failure;
  }

  /** Forgets which method works: the next read tries all again. */
  reprobe(): void {
    this.#choice.reprobe();
    this.#systemClock = this.#wantedClock;
  }

  close(): void {
    this.#parts.clock.close();
  }

  /** A clock stepped in the midst of a batch spoils that batch only; a second one says that the method is broken. */
  #takeTwice(method: ReadingMethod): ReadingBatch {
    try {
      return this.#take(method);
    } catch (error) {
      if (error instanceof PtpAnswerError) return this.#take(method);
      throw error;
    }
  }

  #take(method: ReadingMethod): ReadingBatch {
    switch (method) {
      case 'PRECISE':
        return this.#precise();
      case 'EXTENDED':
        return this.#extended();
      case 'BASIC':
        return this.#between(method, 'CLOCK_REALTIME', () => this.#parts.clock.basic(this.#basicCount));
    }
  }

  #precise(): ReadingBatch {
    const { deviceNs, realtimeNs, monotonicRawNs } = this.#parts.clock.precise();
    const pair = { realtimeNs, monotonicRawNs, widthNs: 0 };
    return {
      method: 'PRECISE',
      systemClock: 'CLOCK_REALTIME',
      readings: [{ beforeNs: realtimeNs, deviceNs, afterNs: realtimeNs }],
      pairBefore: pair,
      pairAfter: pair,
    };
  }

  #extended(): ReadingBatch {
    const wanted = this.#systemClock;
    const take = (clock: ReadingBatch['systemClock']) =>
      this.#between('EXTENDED', clock, () => this.#parts.clock.extended(this.#extendedCount, clock));
    try {
      return take(wanted);
    } catch (error) {
      const tooOld = wanted !== 'CLOCK_REALTIME' && error instanceof SystemError && error.code === 'EINVAL';
      if (!tooOld) throw error;
    }
    // Linux before 6.12 demands 0 where the clock id is now; if that is not it either, EINVAL was about something else.
    const batch = take('CLOCK_REALTIME');
    this.#systemClock = 'CLOCK_REALTIME';
    return batch;
  }

  #between(
    method: ReadingMethod,
    systemClock: ReadingBatch['systemClock'],
    take: () => ReadingBatch['readings'],
  ): ReadingBatch {
    const pairBefore = readClockPair(this.#parts.systemClocks);
    const readings = take();
    const pairAfter = readClockPair(this.#parts.systemClocks);
    return { method, systemClock, readings, pairBefore, pairAfter };
  }

  /** Why the method will not do here; undefined when the error does not say that. */
  #refusal(method: ReadingMethod, error: unknown): MethodRefusal | undefined {
    if (error instanceof PtpAnswerError) return { method, code: 'EBADMSG', meaning: error.message };
    if (!(error instanceof SystemError) || !REFUSED.has(error.code)) return undefined;
    const meaning = methodMeaning(method, error.code, {
      clockName: this.clockName,
      clocksource: method === 'PRECISE' ? this.#parts.clocksource() : '',
      crossTimestamping: method === 'PRECISE' ? this.#crossTimestamping() : undefined,
    });
    return { method, code: error.code, meaning };
  }

  #crossTimestamping(): boolean | undefined {
    try {
      return this.#parts.clock.caps().crossTimestamping;
    } catch {
      // It is asked for the sake of a better sentence only: the refusal itself has been told.
      return undefined;
    }
  }

  #whyNone(): string {
    const reasons = this.#choice.refusals.map(({ method, code, meaning }) => `${method} ${code}, ${meaning}`);
    return `No reading method works: ${reasons.join('; ')}. Choose another clock with --phc; \`vmclockd probe\` lists them.`;
  }
}
