import { type FitPoint, fitLine, type LineFit, lineAt } from './line-fit.js';

/** Never fewer points than this, or there is no residual left to test. */
const MIN_POINTS = 3;

/** Points from which the scatter can be told. */
const MIN_FOR_SCATTER = 8;

/** The most of the newest residuals that are looked at together; a power of two. */
const LONGEST_WINDOW = 16;

/** The newest points tell the scatter as well as all do. */
const SCATTER_POINTS = 32;

/** Standard deviations by which their mean may differ from the line. Wrongly shortening costs little, so no more. */
const THRESHOLD = 5;

/** Scatter is never taken for smaller than this, ns. */
const SCATTER_FLOOR_NS = 1;

/** A history that is straight, and its line. */
export interface StraightHistory {
  readonly points: FitPoint[];
  readonly fit: LineFit;
}

/**
 * Drops the oldest points until the newest ones lie on the line of those that remain: the rate has changed, and what was
 * before only pulls the line away.
 *
 * @param history in order of time, at least one point
 * @returns the history itself where it is straight
 */
export function shortenHistory(history: FitPoint[]): StraightHistory {
  let points = history;
  let fit = fitLine(points);
  while (points.length > MIN_POINTS && isBent(points, fit)) {
    points = points.slice(Math.max(1, Math.min(Math.floor(points.length / 4), points.length - MIN_POINTS)));
    fit = fitLine(points);
  }
  return { points, fit };
}

function isBent(points: readonly FitPoint[], fit: LineFit): boolean {
  const newest = points.at(-1);
  if (newest === undefined) return false;
  // A proof: the newest point's bounds and the line's cannot both hold.
  const missNs = Math.abs(newest.yNs - lineAt(fit, newest.xNs));
  if (missNs > newest.errorNs + fit.meanErrorNs) return true;
  if (points.length < MIN_FOR_SCATTER) return false;
  const scatterNs = scatter(points.slice(-SCATTER_POINTS));
  const longest = Math.min(LONGEST_WINDOW, Math.floor(points.length / 2));
  let [sum, squares] = [0, 0];
  for (let window = 1; window <= longest; window++) {
    const p = points[points.length - window] ?? newest;
    sum += p.yNs - lineAt(fit, p.xNs);
    squares += 1 / p.count;
    // Windows of 1, 2, 4, 8 and 16: few residuals show a sharp bend, many a gentle one.
    const looked = (window & (window - 1)) === 0;
    if (looked && Math.abs(sum) > THRESHOLD * scatterNs * Math.sqrt(squares)) return true;
  }
  return false;
}

/**
 * Standard deviation of one reading, ns, by how far each point is from the line through its two neighbours. Unlike
 * the residuals of the whole line it stays small when the line bends.
 */
function scatter(points: readonly FitPoint[]): number {
  let [sum, terms] = [0, 0];
  for (let i = 2; i < points.length; i++) {
    const [a, b, c] = [points[i - 2], points[i - 1], points[i]];
    if (a === undefined || b === undefined || c === undefined) continue;
    const part = (b.xNs - a.xNs) / (c.xNs - a.xNs);
    const off = b.yNs - a.yNs - part * (c.yNs - a.yNs);
    const variance = 1 / b.count + (1 - part) ** 2 / a.count + part ** 2 / c.count;
    sum += (off * off) / variance;
    terms += 1;
  }
  return Math.max(SCATTER_FLOOR_NS, Math.sqrt(sum / terms));
}
