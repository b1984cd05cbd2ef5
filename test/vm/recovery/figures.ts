import type { Claim, ErrorPoint, Trace } from './trace.js';

/** What one disruption came to. Seconds are since the event; Infinity: not as long as was watched. */
export interface Figures {
  /** Seconds until |error| stays below each of `LIMITS_NS`. */
  readonly until: readonly number[];
  /** Largest |error| after the event, ns. */
  readonly peakNs: number;
  /** By how much |error| grew after its first reading, ns. */
  readonly grewNs: number;
  /** How long chronyd said that it was not synchronised, s; NaN where there is no chronyd. */
  readonly unsynchronisedSeconds: number;
  /** How long chronyd's claim was violated by the truth, s; NaN where there is no chronyd. */
  readonly falseChronydSeconds: number;
  /** The same of vmclockd's status; NaN where it was not asked. */
  readonly falseStatusSeconds: number;
}

export const LIMITS_NS: readonly number[] = [1e6, 1e4, 1e3, 100];

/** "Stays" means for so long, or to the end of what was watched. */
const STAYS_SECONDS = 10;
/** What reading the truth and answering a claim may differ by, ns. */
const TOLERANCE_NS = 5;

export function figuresOf(trace: Trace): Figures {
  const errors = trace.errors.filter(({ seconds }) => seconds > 0);
  return {
    until: LIMITS_NS.map((limit) => secondsUntil(errors, limit)),
    peakNs: largest(errors),
    grewNs: largest(errors) - Math.abs(errors[0]?.errorNs ?? 0),
    unsynchronisedSeconds: heldSeconds(trace.chronyd, ({ claimed }) => claimed === undefined),
    falseChronydSeconds: heldSeconds(trace.chronyd, (claim) => isFalse(claim, trace.errors)),
    falseStatusSeconds: heldSeconds(trace.status, (claim) => isFalse(claim, trace.errors)),
  };
}

/** Seconds until |error| is below the limit and stays there; Infinity when it never does. */
export function secondsUntil(errors: readonly ErrorPoint[], limitNs: number): number {
  let since: number | undefined;
  for (const [i, { seconds, errorNs }] of errors.entries()) {
    if (Math.abs(errorNs) >= limitNs) since = undefined;
    // Nothing was wrong before the first reading after the event, if nothing is then.
    else since ??= i === 0 ? 0 : seconds;
    if (since !== undefined && seconds - since >= STAYS_SECONDS) return since;
  }
  return since ?? Number.POSITIVE_INFINITY;
}

function largest(errors: readonly ErrorPoint[]): number {
  return errors.reduce((most, { errorNs }) => Math.max(most, Math.abs(errorNs)), 0);
}

/** For how long something held, each claim standing until the next. */
function heldSeconds(claims: readonly Claim[], holds: (claim: Claim) => boolean): number {
  if (claims.length === 0) return Number.NaN;
  return claims.reduce((sum, claim, i) => {
    const from = Math.max(0, claim.seconds);
    const next = claims[i + 1]?.seconds ?? from;
    return next > from && holds(claim) ? sum + next - from : sum;
  }, 0);
}

/** Whether the truth was outside the claim all the while that it took to answer. */
export function isFalse({ claimed, askedSeconds, seconds }: Claim, errors: readonly ErrorPoint[]): boolean {
  if (claimed === undefined) return false;
  const first = errors.findLastIndex((point) => point.seconds <= askedSeconds);
  const last = errors.findIndex((point) => point.seconds >= seconds);
  if (first < 0 || last < 0) return false;
  return errors
    .slice(first, last + 1)
    .every(({ errorNs }) => Math.abs(errorNs - claimed.offsetNs) > claimed.boundNs + TOLERANCE_NS);
}
