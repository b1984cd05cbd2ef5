/** A point of a line, with a hard bound on its error. */
export interface FitPoint {
  /** Abscissa, ns. */
  readonly xNs: number;
  /** Ordinate, ns. */
  readonly yNs: number;
  /** |error of yNs| is at most this, ns, > 0. */
  readonly errorNs: number;
  /** Readings merged into this point, >= 1. */
  readonly count: number;
  /** count / errorNs². */
  readonly weight: number;
}

/** Makes a point of a line. */
export function fitPoint(xNs: number, yNs: number, errorNs: number, count = 1): FitPoint {
  return { xNs, yNs, errorNs, count, weight: count / (errorNs * errorNs) };
}

/** A weighted least-squares line y = meanY + slope × (x − meanX). */
export interface LineFit {
  readonly points: number;
  readonly meanXNs: number;
  readonly meanYNs: number;
  /** Weighted mean of the points' hard bounds: |error of meanYNs| is at most this, ns. */
  readonly meanErrorNs: number;
  /** Dimensionless; 0 with fewer than two points. */
  readonly slope: number;
  /** |error of the slope| is at most this if the points lie on a line within their bounds; Infinity with one point. */
  readonly hardSlopeError: number;
  /** About three standard deviations of the slope by the scatter of the points (Student's t); Infinity below three. */
  readonly likelySlopeError: number;
}

/** Stamps are whole ns: scatter below that is luck, ns. */
const SCATTER_FLOOR_NS = 0.5;

/** Student's t for 99.73 %, the probability of three standard deviations, by degrees of freedom from 1. */
const STUDENT_T = [235.8, 19.21, 9.22, 6.62, 5.51, 4.9, 4.53, 4.28, 4.09, 3.96, 3.85, 3.76, 3.69, 3.64, 3.59];

/** Fits a line to at least one point, each with its weight. */
export function fitLine(points: readonly FitPoint[]): LineFit {
  let [sum, sumX, sumY, sumE] = [0, 0, 0, 0];
  // Relative to the last point: the instants of a long-lived epoch are large, and their squares would lose the ns.
  const last = points.at(-1);
  const [originX, originY] = [last?.xNs ?? 0, last?.yNs ?? 0];
  for (const p of points) {
    const w = p.weight;
    sum += w;
    sumX += w * (p.xNs - originX);
    sumY += w * (p.yNs - originY);
    sumE += w * p.errorNs;
  }
  const [meanX, meanY] = [originX + sumX / sum, originY + sumY / sum];
  let [sxx, sxy, leverage] = [0, 0, 0];
  for (const p of points) {
    const dx = p.xNs - meanX;
    const wdx = p.weight * dx;
    sxx += wdx * dx;
    sxy += wdx * (p.yNs - meanY);
    leverage += Math.abs(wdx) * p.errorNs;
  }
  const slope = sxx > 0 ? sxy / sxx : 0;
  let squares = 0;
  for (const p of points) {
    const residual = p.yNs - meanY - slope * (p.xNs - meanX);
    squares += p.weight * Math.max(residual * residual, SCATTER_FLOOR_NS * SCATTER_FLOOR_NS);
  }
  return {
    points: points.length,
    meanXNs: meanX,
    meanYNs: meanY,
    meanErrorNs: sumE / sum,
    slope,
    hardSlopeError: sxx > 0 ? leverage / sxx : Number.POSITIVE_INFINITY,
    likelySlopeError: likelyError(points.length - 2, squares, sxx),
  };
}

/** The line's ordinate at `xNs`, ns. */
export function lineAt(fit: LineFit, xNs: number): number {
  return fit.meanYNs + fit.slope * (xNs - fit.meanXNs);
}

/** Three standard deviations of the slope, where there are degrees of freedom to tell them. */
function likelyError(freedom: number, squares: number, sxx: number): number {
  if (freedom < 1 || !(sxx > 0)) return Number.POSITIVE_INFINITY;
  const t = STUDENT_T[freedom - 1] ?? (freedom < 30 ? 3.59 : 3.27);
  return t * Math.sqrt(squares / freedom / sxx);
}
