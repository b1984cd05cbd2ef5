import { type FitPoint, fitPoint } from './line-fit.js';

/**
 * Merges the two neighbouring points that are closest together for their age, so that a history of bounded length
 * reaches far back and is dense where it is young. The merged point stands at the weighted mean of both, which
 * leaves a line through them nearly unchanged.
 *
 * @param history in order of time, at least three points
 */
export function thinHistory(history: readonly FitPoint[]): FitPoint[] {
  const nowNs = history.at(-1)?.xNs ?? 0;
  let merge = 0;
  let least = Number.POSITIVE_INFINITY;
  // The newest point stays itself: it is what the residual test looks at.
  for (let i = 0; i + 2 < history.length; i++) {
    const [from, to] = [history[i], history[i + 1]];
    if (from === undefined || to === undefined) continue;
    const closeness = (to.xNs - from.xNs) / (nowNs - from.xNs);
    if (closeness < least) [least, merge] = [closeness, i];
  }
  const [a, b] = [history[merge], history[merge + 1]];
  if (a === undefined || b === undefined) return [...history];
  return [...history.slice(0, merge), merged(a, b), ...history.slice(merge + 2)];
}

function merged(a: FitPoint, b: FitPoint): FitPoint {
  const part = b.weight / (a.weight + b.weight);
  // Whole ns keep the newest instant exact as a bigint.
  const xNs = Math.round(a.xNs + part * (b.xNs - a.xNs));
  const yNs = a.yNs + part * (b.yNs - a.yNs);
  return fitPoint(xNs, yNs, a.errorNs + part * (b.errorNs - a.errorNs), a.count + b.count);
}
