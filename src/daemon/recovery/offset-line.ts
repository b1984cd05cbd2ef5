import { type FitPoint, fitLine, fitPoint, lineAt } from '../estimator/line-fit.js';

/** true − system as one sample tells it. */
export interface OffsetPoint {
  /** CLOCK_MONOTONIC_RAW of the sample, ns. */
  readonly rawNs: bigint;
  /** True − system time then, ns. */
  readonly offsetNs: number;
  /** |error of offsetNs| is at most this, ns. */
  readonly boundNs: number;
}

/** How true − system time moves. */
export interface OffsetMotion {
  /** True − system time at the instant asked for, ns. */
  readonly offsetNs: number;
  /** ± this, ns: likely while the points are many, their hard bound while they are few. */
  readonly offsetUncertaintyNs: number;
  /** How much faster true time passes than the system clock, ppm. */
  readonly ratePpm: number;
  /** ± this, ppm, some three standard deviations; Infinity below three points. */
  readonly rateUncertaintyPpm: number;
  readonly points: number;
  /** The points lie on a line within their bounds: nobody stepped or slewed the clock between them. */
  readonly straight: boolean;
}

/** Stamps are whole ns, so no point is better than this, ns. */
const BOUND_FLOOR_NS = 1;
/** From so many points on their scatter tells their error better than the brackets do. */
const MANY_POINTS = 5;

/**
 * True − system time over CLOCK_MONOTONIC_RAW while nobody steers the system clock: its value and its slope. One object
 * for each stretch between two changes of the system clock; a change makes a new one.
 */
export class OffsetLine {
  #originRawNs: bigint | undefined;
  readonly #points: FitPoint[] = [];

  add(point: OffsetPoint): void {
    this.#originRawNs ??= point.rawNs;
    const xNs = Number(point.rawNs - this.#originRawNs);
    this.#points.push(fitPoint(xNs, point.offsetNs, Math.max(BOUND_FLOOR_NS, point.boundNs)));
  }

  /** Where the line is at CLOCK_MONOTONIC_RAW `rawNs`; undefined without points. */
  at(rawNs: bigint): OffsetMotion | undefined {
    const newest = this.#points.at(-1);
    if (this.#originRawNs === undefined || newest === undefined) return undefined;
    const fit = fitLine(this.#points);
    const xNs = Number(rawNs - this.#originRawNs);
    const rateUncertainty = Math.min(fit.likelySlopeError, fit.hardSlopeError);
    const few = fit.points < MANY_POINTS || !Number.isFinite(rateUncertainty);
    return {
      offsetNs: few ? newest.yNs : lineAt(fit, xNs),
      // The mean of n points is better than one by the root of n; the slope's error is what grows from there.
      offsetUncertaintyNs: few
        ? newest.errorNs
        : fit.meanErrorNs / Math.sqrt(fit.points) + rateUncertainty * Math.abs(xNs - fit.meanXNs),
      ratePpm: fit.slope * 1e6,
      rateUncertaintyPpm: fit.points < 3 ? Number.POSITIVE_INFINITY : rateUncertainty * 1e6,
      points: fit.points,
      straight: this.#points.every((p) => Math.abs(p.yNs - lineAt(fit, p.xNs)) <= p.errorNs + fit.meanErrorNs),
    };
  }
}
