import type { Log } from '../log/log.js';
import type { ChronydPort, ClockPort, TimerPort } from '../ports.js';
import { ChronydReset } from './chronyd-reset.js';
import { OffsetLine, type OffsetPoint } from './offset-line.js';
import { type Correction, planOffset, planRate } from './plan-correction.js';

/** What has been done, each at CLOCK_MONOTONIC_RAW ns; absent: not (yet), or not at all. */
export interface RecoveryTimeline {
  resetAnsweredRawNs?: bigint;
  /** chronyd took the new offset. */
  correctedRawNs?: bigint;
  /** Samples may be fed. */
  readyRawNs?: bigint;
}

export type RecoveryPolicy = 'feed-forward' | 'reset' | 'feed-only';

interface RecoveryOptions {
  /** undefined: there is no command socket, so that chronyd cannot be told. */
  readonly chronyd: ChronydPort | undefined;
  readonly policy: RecoveryPolicy;
  /** Offsets up to this are left to chronyd, ns; larger ones are stepped. */
  readonly stepThresholdNs: number;
  /** Change of rate that the page's old and new lines tell, ppm. */
  readonly knownRateChangePpm: number | undefined;
  /** Bytes of samples that chronyd has not read yet. */
  readonly pendingBytes: () => number;
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  readonly log: Log;
  /** A sample is wanted now. */
  readonly onWantSample: () => void;
  /** chronyd may be fed. */
  readonly onReady: () => void;
}

type Phase = 'resetting' | 'offset' | 'rate' | 'commanding' | 'ready' | 'cancelled';

/** A correction that did not go through is begun anew, with a reset, so many times; then chronyd does it alone. */
const MOST_RESTARTS = 3;
/** Corrections after one reset: if they do not help, something else moves the clock. */
const MOST_CORRECTIONS = 6;
/** Samples further apart are not of one stretch of time: something was held in between, ns. */
const LARGEST_GAP_NS = 500_000_000n;

/**
 * What is done to chronyd after one disruption, before it is fed again:
 *
 * 1. `reset sources`, again and again until it is answered: chronyd forgets its samples and what it was still slewing.
 * 2. The offset, as soon as there is a sample of the new epoch; with it the rate, where the page tells it.
 * 3. The rate, as soon as the samples tell it well enough.
 *
 * Every correction is relative, so it must not be carried out twice, nor after something was measured. Commands are carried
 * out in the order in which they were sent: when one is not answered, everything begins anew with a reset, whose answer
 * proves that nothing is left of what was sent before. Where chronyd cannot step (it runs with -x), or answers nothing at
 * all, step 1 stands alone. One object per disruption; the next disruption cancels it.
 */
export class Recovery {
  readonly timeline: RecoveryTimeline = {};
  readonly #options: RecoveryOptions;
  #phase: Phase = 'resetting';
  #line = new OffsetLine();
  #lastSampleRawNs = 0n;
  #rateSinceRawNs: bigint | undefined;
  #corrections = 0;
  #restarts = 0;
  /** The page's rate is to be given once, not after every restart: a change of rate outlives a reset. */
  #rateToGivePpm: number | undefined;
  #reset: ChronydReset | undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#rateToGivePpm = options.knownRateChangePpm;
  }

  /** What keeps it from being ready, "" when nothing is known to be wrong. */
  get problem(): string {
    return this.#reset?.problem ?? '';
  }

  /** Whether chronyd may be fed. */
  get ready(): boolean {
    return this.#phase === 'ready';
  }

  /** chronyd has been given a part of a correction and not the rest. */
  get halfway(): boolean {
    return this.#phase === 'commanding';
  }

  start(): void {
    const { chronyd, policy } = this.#options;
    if (chronyd === undefined || policy === 'feed-only') this.#becomeReady();
    else this.#startReset(chronyd);
  }

  cancel(): void {
    this.#phase = 'cancelled';
    this.#reset?.cancel();
  }

  /** chronyd is to be fed as it is. */
  giveUp(): void {
    if (this.ready || this.#phase === 'cancelled') return;
    this.#reset?.cancel();
    this.#becomeReady();
  }

  /** Takes in a sample of the new epoch that cannot be fed yet. */
  onSample(point: OffsetPoint): void {
    if (this.#phase !== 'offset' && this.#phase !== 'rate') return;
    if (point.rawNs - this.#lastSampleRawNs > LARGEST_GAP_NS) this.onDiscontinuity();
    this.#lastSampleRawNs = point.rawNs;
    this.#line.add(point);
    const { clock, stepThresholdNs } = this.#options;
    const nowRawNs = clock.monotonicRawNs();
    const motion = this.#line.at(nowRawNs);
    if (motion === undefined) return;
    if (this.#phase === 'offset') {
      this.#command(planOffset(motion, this.#rateToGivePpm, stepThresholdNs), 'rate');
      return;
    }
    this.#rateSinceRawNs ??= nowRawNs;
    const elapsedNs = Number(nowRawNs - this.#rateSinceRawNs);
    const plan = planRate(motion, elapsedNs, stepThresholdNs, this.#options.knownRateChangePpm !== undefined);
    if (plan.kind === 'again') this.onDiscontinuity();
    if (plan.kind === 'correct') this.#command(plan.correction, 'rate');
    if (plan.kind === 'finish') this.#command(plan.correction, 'ready');
  }

  /** What was measured before says nothing of now: the clock was stepped by somebody else, or there was a hold. */
  onDiscontinuity(): void {
    this.#line = new OffsetLine();
    this.#rateSinceRawNs = undefined;
  }

  #startReset(chronyd: ChronydPort): void {
    const { pendingBytes, timers, log } = this.#options;
    this.#phase = 'resetting';
    this.#reset = new ChronydReset({ chronyd, pendingBytes, timers, log, onDone: (sure) => this.#onReset(sure) });
    this.#reset.start();
  }

  #onReset(sure: boolean): void {
    this.timeline.resetAnsweredRawNs ??= this.#options.clock.monotonicRawNs();
    if (this.#options.policy === 'reset' || !sure || this.#restarts > MOST_RESTARTS) {
      this.#becomeReady();
      return;
    }
    this.#phase = 'offset';
    this.onDiscontinuity();
    this.#options.onWantSample();
  }

  /** Gives chronyd a correction, then goes on with `next`. Samples that come meanwhile are of a clock that is changing. */
  #command(correction: Correction, next: 'rate' | 'ready'): void {
    const { chronyd, clock, log } = this.#options;
    // The first is sent even if it is empty: its step tells whether chronyd can step at all.
    const first = this.#phase === 'offset';
    if (chronyd === undefined || (!first && correction.ratePpm === 0 && correction.offsetNs === 0)) {
      this.#goOn(next);
      return;
    }
    this.#phase = 'commanding';
    this.#corrections += 1;
    this.#tell(chronyd, correction, first).then(
      () => {
        if (this.#phase !== 'commanding') return;
        if (correction.offsetNs !== 0) this.timeline.correctedRawNs ??= clock.monotonicRawNs();
        this.#goOn(next);
      },
      (error: unknown) => {
        if (this.#phase !== 'commanding') return;
        if (isRefusal(error)) {
          log.info(`chronyd cannot be corrected, so it is only reset: ${messageOf(error)}`);
          this.#becomeReady();
          return;
        }
        log.warn(`a correction may or may not have been carried out, so chronyd is reset again: ${messageOf(error)}`);
        this.#restarts += 1;
        this.#startReset(chronyd);
      },
    );
  }

  #goOn(next: 'rate' | 'ready'): void {
    // What was measured before a command says nothing of the clock after it.
    this.#line = new OffsetLine();
    if (next === 'ready' || this.#corrections >= MOST_CORRECTIONS) {
      this.#becomeReady();
      return;
    }
    this.#phase = 'rate';
    this.#options.onWantSample();
  }

  /**
   * Rate before offset: the offset is older by the time that the rate's command takes, and wrong by nothing more. Always
   * stepped: a slew takes chronyd a second at least, and would be measured as a rate.
   */
  async #tell(chronyd: ChronydPort, { ratePpm, offsetNs }: Correction, first: boolean): Promise<void> {
    if (ratePpm !== 0) {
      this.#rateToGivePpm = undefined;
      await chronyd.changeFrequency(ratePpm);
    }
    if (this.#phase !== 'commanding') return;
    if (offsetNs !== 0) await chronyd.changeOffset(offsetNs);
    if (this.#phase === 'commanding' && (offsetNs !== 0 || first)) await chronyd.makeStep();
  }

  #becomeReady(): void {
    this.#phase = 'ready';
    this.timeline.readyRawNs = this.#options.clock.monotonicRawNs();
    this.#options.onReady();
  }
}

/** chronyd answered, and said no. */
function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'refused' in error && error.refused === true;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
