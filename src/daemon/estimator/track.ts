import { type FitPoint, fitPoint, type LineFit, lineAt } from './line-fit.js';
import { shortenHistory } from './shorten-history.js';
import { thinHistory } from './thin-history.js';

/** How the device stood to CLOCK_MONOTONIC_RAW at one instant; a SelectedOffset fits. */
export interface TrackPoint {
  /** CLOCK_MONOTONIC_RAW, ns. */
  readonly monotonicRawNs: bigint;
  /** The device's time at that instant, ns. */
  readonly deviceNs: bigint;
  /** |error of deviceNs| at that instant is at most this, ns, >= 0. */
  readonly rawErrorBoundNs: number;
}

/** What a track says about an instant. */
export interface Prediction {
  /** The device's time, ns, rounded. */
  readonly deviceNs: bigint;
  /** ± this, ns: half of the usual bracket, plus the rate's uncertainty × the distance from the middle of the history. */
  readonly uncertaintyNs: number;
  /** ± this, ns: the same from hard bounds alone, so it cannot be exceeded while the rate is constant. */
  readonly hardUncertaintyNs: number;
}

/** The device's rate against CLOCK_MONOTONIC_RAW. */
export interface TrackRate {
  /** Rate − 1, ppb: positive when the device is faster. */
  readonly ratePpb: number;
  /** ± this, ppb, some three standard deviations; never more than the hard bounds allow. At most 500000. */
  readonly uncertaintyPpb: number;
  /** ± this, ppb: from hard bounds alone. At least uncertaintyPpb. */
  readonly hardUncertaintyPpb: number;
}

/** Points kept. */
const MAX_POINTS = 64;

/** Device and counter agree to this without any evidence: no counter that is used as a clock is worse. */
const MAX_RATE = 500e-6;

/** Stamps are whole ns, so no point is better than this, ns. */
const ERROR_FLOOR_NS = 1;

/**
 * Device time as a line over CLOCK_MONOTONIC_RAW, in one epoch: a weighted regression over at most 64 points. Points grow
 * sparser with age by being merged. When the newest residuals show that the line has bent (the host's NTP changed its rate), the oldest are
 * dropped. Few points give a wide uncertainty rather than none.
 */
export class Track {
  #origin: TrackPoint | undefined;
  #history: FitPoint[] = [];
  #fit: LineFit | undefined;

  /** Points in use, 0 … 64. */
  get points(): number {
    return this.#history.length;
  }

  /** From the oldest to the newest point in use, ns. */
  get spanNs(): number {
    return (this.#history.at(-1)?.xNs ?? 0) - (this.#history[0]?.xNs ?? 0);
  }

  /** CLOCK_MONOTONIC_RAW of the newest point, ns; undefined without points. */
  get newestNs(): bigint | undefined {
    const newest = this.#history.at(-1);
    return this.#origin && newest && this.#origin.monotonicRawNs + BigInt(newest.xNs);
  }

  /** Takes in a point; returns false, and leaves it out, when it is not later than the newest one. */
  add(point: TrackPoint): boolean {
    this.#origin ??= point;
    const origin = this.#origin;
    const xNs = Number(point.monotonicRawNs - origin.monotonicRawNs);
    const newest = this.#history.at(-1);
    if (newest !== undefined && xNs <= newest.xNs) return false;
    const yNs = Number(deviceMinusRaw(point) - deviceMinusRaw(origin));
    const errorNs = Math.max(ERROR_FLOOR_NS, point.rawErrorBoundNs);
    this.#history.push(fitPoint(xNs, yNs, errorNs));
    if (this.#history.length > MAX_POINTS) this.#history = thinHistory(this.#history);
    const straight = shortenHistory(this.#history);
    this.#history = straight.points;
    this.#fit = straight.fit;
    return true;
  }

  /** The rate; undefined without points. */
  get rate(): TrackRate | undefined {
    if (this.#fit === undefined) return undefined;
    const slope = credibleSlope(this.#fit);
    return {
      ratePpb: slope.value * 1e9,
      uncertaintyPpb: slope.uncertainty * 1e9,
      hardUncertaintyPpb: slope.hardUncertainty * 1e9,
    };
  }

  /** Where the device is when CLOCK_MONOTONIC_RAW shows `monotonicRawNs`; undefined without points. */
  predict(monotonicRawNs: bigint): Prediction | undefined {
    const [origin, fit] = [this.#origin, this.#fit];
    if (origin === undefined || fit === undefined) return undefined;
    const slope = credibleSlope(fit);
    const xNs = Number(monotonicRawNs - origin.monotonicRawNs);
    const distanceNs = Math.abs(xNs - fit.meanXNs);
    const yNs = lineAt({ ...fit, slope: slope.value }, xNs);
    return {
      deviceNs: monotonicRawNs + deviceMinusRaw(origin) + BigInt(Math.round(yNs)),
      uncertaintyNs: fit.meanErrorNs + slope.uncertainty * distanceNs,
      hardUncertaintyNs: fit.meanErrorNs + slope.hardUncertainty * distanceNs,
    };
  }
}

function deviceMinusRaw(point: TrackPoint): bigint {
  return point.deviceNs - point.monotonicRawNs;
}

/** The slope where what the points say and what any clock keeps to overlap: two points a ms apart say nothing alone. */
function credibleSlope(fit: LineFit): { value: number; uncertainty: number; hardUncertainty: number } {
  const hard = overlap(fit.slope, fit.hardSlopeError);
  const uncertainty = Math.min(hard.uncertainty, fit.likelySlopeError);
  return { value: hard.value, uncertainty, hardUncertainty: hard.uncertainty };
}

function overlap(slope: number, error: number): { value: number; uncertainty: number } {
  const low = Math.max(-MAX_RATE, slope - error);
  const high = Math.min(MAX_RATE, slope + error);
  // A known slope is left where the points put it, however odd it is: a simulated or a broken clock may be.
  if (error < MAX_RATE || low > high) return { value: slope, uncertainty: error };
  return { value: (low + high) / 2, uncertainty: (high - low) / 2 };
}
