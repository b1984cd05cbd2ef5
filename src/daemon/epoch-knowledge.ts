import type { ClockPair, ReadingBatch } from '../ioctl/reading.js';
import type { VmclockPage } from '../ioctl/vmclock-page.js';
import type { Epoch } from './epoch.js';
import { bound, type HostError } from './estimator/bound.js';
import { clockStep } from './estimator/clock-step.js';
import { DelayQuantiles } from './estimator/delay-quantiles.js';
import { JumpDetector } from './estimator/jump-detector.js';
import { type SelectedOffset, selectOffset } from './estimator/select-offset.js';
import { Track } from './estimator/track.js';
import { hostError } from './host-error.js';
import { detectTimescale, type TimescaleEvidence, type TimescaleVerdict } from './timescale.js';

/** An offset that may be sent, should nothing have happened since. */
export interface JudgedSample {
  /** CLOCK_REALTIME of the sample, ns since 1970. */
  readonly realtimeNs: bigint;
  /** CLOCK_MONOTONIC_RAW at that instant, ns. */
  readonly rawNs: bigint;
  /** True − system time, ns, on the UTC scale. */
  readonly offsetNs: number;
  readonly bracketNs: number;
  /** Hard bound of the reading itself, ns. */
  readonly readingBoundNs: number;
  /** undefined where the host does not tell its error. */
  readonly host: HostError | undefined;
  /** PHC − UTC that was taken out, s. */
  readonly shiftSeconds: number;
  /** The system clocks just after the readings: by them a step since then shows. */
  readonly pairAfter: ClockPair;
}

/** What a batch is good for. `clockStepNs`: the system clock was stepped by so much since the last one, 0 if not. */
export type Judgement = { readonly clockStepNs: number } & (
  | { readonly kind: 'sample'; readonly sample: JudgedSample }
  /** Not this batch; the next may do. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /** The PHC is not where it should be; the next readings will tell why. Nothing may be fed or claimed until then. */
  | { readonly kind: 'suspect'; readonly reason: string }
  /** Nothing may be fed until the evidence changes. */
  | { readonly kind: 'hold'; readonly reason: string }
  /** The PHC jumped against the counter: nothing learnt before holds. */
  | { readonly kind: 'jumped'; readonly stepNs: number }
);

/** What an epoch begins with. */
export interface EpochStart {
  readonly timescale: TimescaleEvidence['setting'];
  readonly driver: TimescaleEvidence['driver'];
  readonly rememberedShiftSeconds: number | undefined;
  /** No page tells of disruptions: they are to be inferred from the readings. */
  readonly infersDisruptions: boolean;
}

/** What else is known when a batch is judged. */
export interface JudgingFacts {
  readonly page: VmclockPage | undefined;
  readonly pageTaiOffsetSeconds: number | undefined;
  readonly kernelTaiOffsetSeconds: number;
}

/**
 * Everything learnt in one epoch: usual delays, the PHC's line over CLOCK_MONOTONIC_RAW, its time scale. A disruption
 * replaces the object, so that nothing can be forgotten to be reset. Pure: batches in, judgements out.
 */
export class EpochKnowledge {
  /** undefined without a vmclock page. */
  readonly epoch: Epoch | undefined;
  readonly #start: EpochStart;
  readonly #delays = new DelayQuantiles();
  readonly #track = new Track();
  readonly #jumps: JumpDetector;
  #timescale: TimescaleVerdict | undefined;
  #lastPair: ClockPair | undefined;

  constructor(epoch: Epoch | undefined, start: EpochStart) {
    this.epoch = epoch;
    this.#start = start;
    // Where a page tells of disruptions, a change of rate is none, however large it is against the counter.
    this.#jumps = new JumpDetector(this.#track, { rateIsJump: start.infersDisruptions });
  }

  /** undefined before the first usable reading. */
  get timescale(): TimescaleVerdict | undefined {
    return this.#timescale;
  }

  /** The PHC's rate against CLOCK_MONOTONIC_RAW, minus 1; null before two readings. */
  get rate(): { readonly phcPpm: number; readonly uncertaintyPpm: number } | null {
    const rate = this.#track.rate;
    if (rate === undefined || this.#track.points < 2) return null;
    return { phcPpm: rate.ratePpb / 1e3, uncertaintyPpm: rate.uncertaintyPpb / 1e3 };
  }

  judge(batch: ReadingBatch, facts: JudgingFacts): Judgement {
    const clockStepNs = this.#clockStepNs(batch);
    const selection = selectOffset(batch, this.#delays.summary, this.#track.rate);
    const selected = selection.kind === 'selected' ? withFloor(selection) : selection;
    if (selected.kind === 'rejected') {
      // A batch that was merely slow says what is usual, too: three in a row are the new usual.
      if (selected.cause === 'slow') this.#delays.add(batch);
      return { kind: 'rejected', reason: selected.reason, clockStepNs };
    }
    if (!isPlausible(selected.deviceNs)) {
      return { kind: 'rejected', reason: `the PHC's time is absurd (${selected.deviceNs} ns since 1970)`, clockStepNs };
    }
    this.#delays.add(batch);
    const jump = this.#place(selected);
    if (jump !== undefined) return { ...jump, clockStepNs };
    const timescale = this.#findTimescale(selected.offsetNs, facts);
    if (timescale.kind === 'ambiguous') return { kind: 'hold', reason: timescale.reason, clockStepNs };
    const sample = judgedSample(selected, batch, timescale.shiftSeconds, facts.page);
    return { kind: 'sample', sample, clockStepNs };
  }

  /**
   * A sample carried on to now: the PHC by its rate, the system clock as it has been steered and stepped since.
   *
   * @param now the system clocks now
   * @param maxDriftPpm how much faster than the measured rate the clocks may drift apart
   * @returns offset (true − system) now and its bound, ns
   */
  carry(
    sample: JudgedSample,
    now: ClockPair,
    maxDriftPpm: number,
  ): { readonly offsetNs: number; readonly boundNs: number } {
    const ageNs = Math.max(0, Number(now.monotonicRawNs - sample.rawNs));
    const steeredNs = Number(now.realtimeNs - now.monotonicRawNs - (sample.realtimeNs - sample.rawNs));
    const rate = this.#track.rate;
    // Not what is likely but what is certain: a bound is no estimate.
    const rateUncertaintyPpb = rate?.hardUncertaintyPpb ?? UNKNOWN_RATE_PPB;
    const driftNs = (rate?.ratePpb ?? 0) * 1e-9 * ageNs - steeredNs;
    // A drift that is within its own uncertainty is not carried on, only allowed for: chronyd steers it away.
    const carriedNs = Math.abs(driftNs) > rateUncertaintyPpb * 1e-9 * ageNs ? driftNs : 0;
    const { boundNs } = bound({
      errorBoundNs: sample.readingBoundNs + now.widthNs / 2 + Math.abs(driftNs - carriedNs),
      ageNs,
      host: sample.host,
      rateUncertaintyPpb,
      maxDriftPpm,
    });
    return { offsetNs: sample.offsetNs + carriedNs, boundNs };
  }

  #clockStepNs(batch: ReadingBatch): number {
    const last = this.#lastPair;
    this.#lastPair = batch.pairAfter;
    return (last && clockStep(last, batch.pairBefore)) ?? 0;
  }

  /** Adds the point to the track; says so when it does not belong there. */
  #place(
    selected: SelectedOffset,
  ): { kind: 'suspect'; reason: string } | { kind: 'jumped'; stepNs: number } | undefined {
    const verdict = this.#jumps.judge(selected);
    if (verdict.state === 'jumped') return { kind: 'jumped', stepNs: verdict.stepNs ?? verdict.missNs };
    if (verdict.state === 'consistent') return undefined;
    return {
      kind: 'suspect',
      reason: `the PHC is ${Math.round(verdict.missNs)} ns from where it should be; reading on`,
    };
  }

  #findTimescale(phcMinusSystemNs: number, facts: JudgingFacts): TimescaleVerdict {
    if (this.#timescale?.kind === 'known') return this.#timescale;
    const { timescale: setting, driver, rememberedShiftSeconds } = this.#start;
    this.#timescale = detectTimescale({
      setting,
      driver,
      phcMinusSystemNs,
      pageTaiOffsetSeconds: facts.pageTaiOffsetSeconds,
      kernelTaiOffsetSeconds: facts.kernelTaiOffsetSeconds,
      rememberedShiftSeconds,
    });
    return this.#timescale;
  }
}

/**
 * Hardware cross time stamps have no bracket, and so no error that could be seen. Repeated ones agree to 1 to 4 ns on
 * ptp_vmclock; conversions in guest and host may add some. So much is claimed, and no less, ns.
 */
export const LEAST_BOUND_NS = 25;

/** No clock that is read as a PHC is worse, ppb. */
const UNKNOWN_RATE_PPB = 500_000;

/** 2000-01-01 and 2160-01-01, ns since 1970. */
const PLAUSIBLE_FROM_NS = 946_684_800_000_000_000n;
const PLAUSIBLE_TO_NS = 5_995_987_200_000_000_000n;

/**
 * Where a vmclock page's reference lies ahead of the counter, as it may for some ms after a migration, ptp_vmclock's
 * difference wraps and its time is 2^64 periods off: more than 130 years for any counter up to 4.3 GHz.
 */
function isPlausible(deviceNs: bigint): boolean {
  return deviceNs >= PLAUSIBLE_FROM_NS && deviceNs < PLAUSIBLE_TO_NS;
}

function withFloor(selected: SelectedOffset): SelectedOffset {
  return {
    ...selected,
    errorBoundNs: Math.max(selected.errorBoundNs, LEAST_BOUND_NS),
    rawErrorBoundNs: Math.max(selected.rawErrorBoundNs, LEAST_BOUND_NS),
  };
}

function judgedSample(
  selected: SelectedOffset,
  batch: ReadingBatch,
  shiftSeconds: number,
  page: VmclockPage | undefined,
): JudgedSample {
  const utcNs = selected.deviceNs - BigInt(shiftSeconds) * 1_000_000_000n;
  return {
    realtimeNs: selected.realtimeNs,
    rawNs: selected.monotonicRawNs,
    offsetNs: selected.offsetNs - shiftSeconds * 1e9,
    bracketNs: selected.bracketNs,
    readingBoundNs: selected.errorBoundNs,
    host: hostError(page, utcNs),
    shiftSeconds,
    pairAfter: batch.pairAfter,
  };
}
