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
  /** Offsets beyond this are stepped, ns; smaller ones chronyd slews. */
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

/** Corrections that go wrong, or do not show in the next samples, are not repeated for ever: then chronyd does the rest. */
const MOST_CORRECTIONS = 6;

/**
 * What is done to chronyd after one disruption, before it is fed again:
 *
 * 1. `reset sources`, again and again until it is answered: chronyd forgets its samples and what it was still slewing.
 * 2. The offset, as soon as there is a sample of the new epoch; with it the rate, where the page tells it.
 * 3. The rate, as soon as the samples tell it well enough.
 *
 * Steps 2 and 3 are measured, not assumed: after each command the offset and its slope are measured anew, so a command that was
 * lost, or came through although its answer did not, is put right by the next. Where chronyd cannot step (it runs with -x),
 * step 1 stands alone. One object per disruption; the next disruption cancels it.
 */
export class Recovery {
  readonly timeline: RecoveryTimeline = {};
  readonly #options: RecoveryOptions;
  #phase: 'resetting' | 'offset' | 'rate' | 'commanding' | 'ready' | 'cancelled' = 'resetting';
  #line = new OffsetLine();
  #rateSinceRawNs = 0n;
  #corrections = 0;
  /** chronyd took a change of rate. */
  #rateGiven = false;
  #reset: ChronydReset | undefined;
  #correctionProblem = '';

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** What keeps it from being ready, "" when nothing is known to be wrong. */
  get problem(): string {
    return this.#reset?.problem || this.#correctionProblem;
  }

  /** Whether chronyd may be fed. */
  get ready(): boolean {
    return this.#phase === 'ready';
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
    if (this.ready || this.#isOver()) return;
    this.#reset?.cancel();
    this.#becomeReady();
  }

  /** Takes in a sample of the new epoch that cannot be fed yet. */
  onSample(point: OffsetPoint): void {
    if (this.#phase !== 'offset' && this.#phase !== 'rate') return;
    this.#line.add(point);
    const { clock, stepThresholdNs, knownRateChangePpm } = this.#options;
    const nowRawNs = clock.monotonicRawNs();
    const motion = this.#line.at(nowRawNs);
    if (motion === undefined) return;
    if (this.#phase === 'offset') {
      const correction = planOffset(motion, knownRateChangePpm, stepThresholdNs);
      // Stepped in any case: chronyd refuses that where it cannot set the clock, and then it must not be corrected on.
      this.#command({ ...correction, step: true }, 'rate');
      return;
    }
    const rateIsKnown = knownRateChangePpm !== undefined && this.#rateGiven;
    const plan = planRate(motion, Number(nowRawNs - this.#rateSinceRawNs), stepThresholdNs, rateIsKnown);
    if (plan.kind === 'correct') this.#command(plan.correction, 'rate');
    if (plan.kind === 'finish') this.#command(plan.correction, 'ready');
  }

  /** The system clock was stepped by somebody else: what was measured before says nothing. */
  onClockStep(): void {
    this.#line = new OffsetLine();
  }

  #startReset(chronyd: ChronydPort): void {
    const { pendingBytes, timers, log } = this.#options;
    const onDone = (): void => this.#onReset();
    this.#reset = new ChronydReset({ chronyd, pendingBytes, timers, log, onDone });
    this.#reset.start();
  }

  #onReset(): void {
    this.timeline.resetAnsweredRawNs = this.#options.clock.monotonicRawNs();
    if (this.#options.policy === 'reset') {
      this.#becomeReady();
      return;
    }
    this.#phase = 'offset';
    this.#options.onWantSample();
  }

  /** Gives chronyd a correction, then goes on with `next`. Samples that come meanwhile are of a clock that is changing. */
  #command(correction: Correction, next: 'rate' | 'ready'): void {
    const { chronyd, clock } = this.#options;
    const { ratePpm, offsetNs, step } = correction;
    if (chronyd === undefined || (ratePpm === 0 && offsetNs === 0 && !step)) {
      this.#goOn(next);
      return;
    }
    this.#phase = 'commanding';
    this.#corrections += 1;
    void this.#tell(chronyd, correction).then(
      () => {
        if (this.#isOver()) return;
        if (offsetNs !== 0) this.timeline.correctedRawNs ??= clock.monotonicRawNs();
        this.#goOn(next);
      },
      (error: unknown) => {
        if (this.#isOver()) return;
        if (isRefusal(error)) {
          this.#options.log.info(`chronyd cannot be corrected, so it is only reset: ${messageOf(error)}`);
          this.#becomeReady();
          return;
        }
        this.#complain('chronyd did not take a correction; measuring again', error);
        // Waiting for the answer took its time: the rate gets all of its own again.
        this.#rateSinceRawNs = 0n;
        this.#goOn('rate');
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
    if (this.#rateSinceRawNs === 0n) this.#rateSinceRawNs = this.#options.clock.monotonicRawNs();
    this.#phase = 'rate';
    this.#options.onWantSample();
  }

  /** Rate before offset: the offset is older by the time that the rate's command takes, and wrong by nothing more. */
  async #tell(chronyd: ChronydPort, { ratePpm, offsetNs, step }: Correction): Promise<void> {
    if (ratePpm !== 0) {
      await chronyd.changeFrequency(ratePpm);
      this.#rateGiven = true;
    }
    if (offsetNs !== 0 && !this.#isOver()) await chronyd.changeOffset(offsetNs);
    if (step && !this.#isOver()) await chronyd.makeStep();
  }

  #becomeReady(): void {
    this.#phase = 'ready';
    this.timeline.readyRawNs = this.#options.clock.monotonicRawNs();
    this.#options.onReady();
  }

  #isOver(): boolean {
    return this.#phase === 'cancelled';
  }

  #complain(what: string, error: unknown): void {
    const message = messageOf(error);
    if (message === this.#correctionProblem) return;
    this.#correctionProblem = message;
    this.#options.log.warn(`${what}: ${message}`);
  }
}

/** chronyd answered, and said no. */
function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'refused' in error && error.refused === true;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
