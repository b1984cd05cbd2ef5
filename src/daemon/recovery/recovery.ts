import type { Log } from '../log/log.js';
import type { ChronydPort, ClockPort, TimerPort } from '../ports.js';
import { ChronydReset } from './chronyd-reset.js';
import { isUnread } from './is-unread.js';
import { OffsetLine, type OffsetMotion, type OffsetPoint } from './offset-line.js';
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

/** What chronyd made of a correction. */
type Outcome =
  | { readonly kind: 'done' }
  /** It was looked at, and chronyd said no. */
  | { readonly kind: 'refused'; readonly error: unknown }
  /** It may or may not have been carried out. */
  | { readonly kind: 'open'; readonly error: unknown };

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
 * 2. The offset, as soon as there is a sample of the new epoch; with it the rate, where the page tells it. The first time
 *    this goes right behind the reset, without waiting for its answer: until it arrives the clock is wrong.
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
  /** chronyd has taken the page's rate, or that has not changed: there is none left to find. */
  #rateIsGiven: boolean;
  #reset: ChronydReset | undefined;
  /** What became of a correction that was sent right behind a reset, before its answer. */
  #ahead: Promise<Outcome> | undefined;
  #mayGoAhead = false;

  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#rateToGivePpm = options.knownRateChangePpm;
    this.#rateIsGiven = options.knownRateChangePpm === 0;
  }

  /** What keeps it from being ready, "" when nothing is known to be wrong. */
  get problem(): string {
    return this.#reset?.problem ?? '';
  }

  /** Whether chronyd may be fed. */
  get ready(): boolean {
    return this.#phase === 'ready';
  }

  /** chronyd may have been given a part of a correction and not the rest. */
  get halfway(): boolean {
    return this.#phase === 'commanding' || (this.#phase === 'resetting' && this.#ahead !== undefined);
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
    if (this.#phase !== 'offset' && this.#phase !== 'rate' && !this.#goesAhead()) return;
    if (point.rawNs - this.#lastSampleRawNs > LARGEST_GAP_NS) this.onDiscontinuity();
    this.#lastSampleRawNs = point.rawNs;
    this.#line.add(point);
    const nowRawNs = this.#options.clock.monotonicRawNs();
    const motion = this.#line.at(nowRawNs);
    if (motion === undefined) return;
    if (this.#phase === 'rate') this.#planRate(motion, nowRawNs);
    else this.#planOffset(motion, Number(nowRawNs - point.rawNs));
  }

  /** Whether a correction may go right behind the reset that is under way. */
  #goesAhead(): boolean {
    const first = this.#reset !== undefined && this.#reset.attempts === 1 && this.#reset.failures === 0;
    return this.#phase === 'resetting' && first && this.#mayGoAhead && this.#ahead === undefined;
  }

  /** What was measured before says nothing of now: the clock was stepped by somebody else, or there was a hold. */
  onDiscontinuity(): void {
    this.#line = new OffsetLine();
    this.#rateSinceRawNs = undefined;
  }

  #startReset(chronyd: ChronydPort): void {
    const { pendingBytes, timers, log } = this.#options;
    this.#phase = 'resetting';
    // What it was sent before and has not read yet would be carried out after the offset was measured, and spoil it.
    this.#mayGoAhead = !isUnread(() => chronyd.pendingBytes(), log);
    this.#reset = new ChronydReset({ chronyd, pendingBytes, timers, log, onDone: (sure) => this.#onReset(sure) });
    this.#reset.start();
  }

  #onReset(sure: boolean): void {
    this.timeline.resetAnsweredRawNs ??= this.#options.clock.monotonicRawNs();
    if (this.#options.policy === 'reset' || !sure || this.#restarts > MOST_RESTARTS) {
      this.#becomeReady();
      return;
    }
    const ahead = this.#ahead;
    this.#ahead = undefined;
    // Behind a reset that failed it says nothing, and nothing is left of it after this one.
    if (ahead !== undefined && this.#reset?.failures === 0) {
      this.#await(ahead, 'rate');
      return;
    }
    this.#phase = 'offset';
    this.onDiscontinuity();
    this.#options.onWantSample();
  }

  #planOffset(motion: OffsetMotion, ageNs: number): void {
    const { chronyd, policy, stepThresholdNs } = this.#options;
    if (chronyd === undefined || policy !== 'feed-forward') return;
    // Even if there is nothing to correct: the step tells whether chronyd can step at all.
    const outcome = this.#give(chronyd, planOffset(motion, ageNs, this.#rateToGivePpm, stepThresholdNs), true);
    if (this.#phase === 'resetting') this.#ahead = outcome;
    else this.#await(outcome, 'rate');
  }

  #planRate(motion: OffsetMotion, nowRawNs: bigint): void {
    const { chronyd, stepThresholdNs } = this.#options;
    this.#rateSinceRawNs ??= nowRawNs;
    const elapsedNs = Number(nowRawNs - this.#rateSinceRawNs);
    const plan = planRate(motion, elapsedNs, stepThresholdNs, this.#rateIsGiven);
    if (plan.kind === 'wait') return;
    if (plan.kind === 'again') {
      this.onDiscontinuity();
      return;
    }
    const next = plan.kind === 'finish' ? 'ready' : 'rate';
    const { ratePpm, offsetNs } = plan.correction;
    if (chronyd === undefined || (ratePpm === 0 && offsetNs === 0)) this.#goOn(next);
    else this.#await(this.#give(chronyd, plan.correction, false), next);
  }

  /** Goes on with `next` when chronyd has answered. Samples that come meanwhile are of a clock that is changing. */
  #await(outcome: Promise<Outcome>, next: 'rate' | 'ready'): void {
    this.#phase = 'commanding';
    void outcome.then((made) => {
      if (this.#phase === 'commanding') this.#onOutcome(made, next);
    });
  }

  #onOutcome(outcome: Outcome, next: 'rate' | 'ready'): void {
    const { chronyd, log } = this.#options;
    if (outcome.kind === 'done' || chronyd === undefined) {
      this.#goOn(next);
    } else if (outcome.kind === 'refused') {
      log.info(`chronyd cannot be corrected, so it is only reset: ${messageOf(outcome.error)}`);
      this.#becomeReady();
    } else {
      const message = messageOf(outcome.error);
      log.warn(`a correction may or may not have been carried out, so chronyd is reset again: ${message}`);
      this.#restarts += 1;
      this.#startReset(chronyd);
    }
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
   * Gives a correction in one go. Rate before offset, so that the offset grows no older by a wrong rate. Always
   * stepped: a slew takes chronyd a second at least, and would be measured as a rate.
   *
   * @param probing steps even if there is nothing to step
   */
  async #give(chronyd: ChronydPort, { ratePpm, offsetNs }: Correction, probing: boolean): Promise<Outcome> {
    this.#corrections += 1;
    const givesKnownRate = ratePpm !== 0 && ratePpm === this.#rateToGivePpm;
    // Once: what it was measured against is gone when it has been carried out, and that it was not cannot be known.
    if (ratePpm !== 0) this.#rateToGivePpm = undefined;
    const rate = ratePpm === 0 ? undefined : chronyd.changeFrequency(ratePpm);
    const offset = offsetNs === 0 ? undefined : chronyd.changeOffset(offsetNs);
    const step = offsetNs === 0 && !probing ? undefined : chronyd.makeStep();
    const outcomes = await Promise.allSettled([rate, offset, step]);
    if (givesKnownRate && outcomes[0].status === 'fulfilled') this.#rateIsGiven = true;
    if (givesKnownRate && outcomes[0].status === 'rejected' && neverLeft(outcomes[0].reason)) {
      this.#rateToGivePpm = ratePpm;
    }
    const errors = outcomes.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
    const open = errors.filter((error) => !isRefusal(error));
    if (open.length > 0) return { kind: 'open', error: open[0] };
    if (errors.length > 0) return { kind: 'refused', error: errors[0] };
    if (offsetNs !== 0) this.timeline.correctedRawNs ??= this.#options.clock.monotonicRawNs();
    return { kind: 'done' };
  }

  #becomeReady(): void {
    this.#phase = 'ready';
    this.timeline.readyRawNs = this.#options.clock.monotonicRawNs();
    this.#options.onReady();
  }
}

/** It was not sent at all. */
function neverLeft(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'unanswered' in error && error.unanswered === false;
}

/** chronyd answered, and said no. */
function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'refused' in error && error.refused === true;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
