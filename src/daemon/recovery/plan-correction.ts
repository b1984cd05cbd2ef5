import type { OffsetMotion } from './offset-line.js';

/** What chronyd is to be told. */
export interface Correction {
  /** How much faster the system clock is to run, ppm; 0: leave it. */
  readonly ratePpm: number;
  /** How much the system clock is to go forward, ns; 0: leave it. */
  readonly offsetNs: number;
  /** Step by `offsetNs` instead of slewing. */
  readonly step: boolean;
}

/** Nothing to tell. */
export const NO_CORRECTION: Correction = { ratePpm: 0, offsetNs: 0, step: false };

/** What is to be done now. */
export type RatePlan =
  /** The rate is not known well enough yet. */
  | { readonly kind: 'wait' }
  /** Correct, then measure again. */
  | { readonly kind: 'correct'; readonly correction: Correction }
  /** Correct this last time (maybe by nothing), then feed. */
  | { readonly kind: 'finish'; readonly correction: Correction };

/** A rate that is known to a tenth of itself is worth correcting at once: it is what the error grows by meanwhile. */
const BULK_RATIO = 10;
/** A rate known to this is good enough for chronyd to take over: 50 ns in the second that it needs. */
const FINE_PPM = 0.05;
/** chronyd is not kept without samples for longer than this for the sake of the rate, ns. */
const LONGEST_NS = 300e6;
/** Offsets below this are left to chronyd, ns: the way of a command takes about as long. */
const SMALLEST_OFFSET_NS = 20;

/**
 * The first correction, from a first look at the offset: offset first, as it is known at once and may be large.
 *
 * @param motion from at least one sample
 * @param knownRateChangePpm change of rate that the page's old and new lines tell; undefined: they do not
 * @param stepThresholdNs offsets beyond this are stepped
 */
export function planOffset(
  motion: OffsetMotion,
  knownRateChangePpm: number | undefined,
  stepThresholdNs: number,
): Correction {
  return { ...offsetPart(motion, stepThresholdNs), ratePpm: knownRateChangePpm ?? 0 };
}

/**
 * What to do about the rate, asked again after each sample. What is not certain is left out: a rate below its own
 * uncertainty is not corrected, since a wrong one is worse than none.
 *
 * @param elapsedNs since the offset was corrected
 */
export function planRate(motion: OffsetMotion, elapsedNs: number, stepThresholdNs: number): RatePlan {
  const { ratePpm, rateUncertaintyPpm: uncertainty } = motion;
  const certain = Math.abs(ratePpm) > uncertainty;
  const late = elapsedNs >= LONGEST_NS;
  if (uncertainty <= FINE_PPM || late) {
    const offset = offsetPart(motion, stepThresholdNs);
    return { kind: 'finish', correction: certain ? { ...offset, ratePpm } : offset };
  }
  if (uncertainty * BULK_RATIO > Math.abs(ratePpm)) return { kind: 'wait' };
  return { kind: 'correct', correction: { ...offsetPart(motion, stepThresholdNs), ratePpm } };
}

function offsetPart(motion: OffsetMotion, stepThresholdNs: number): Correction {
  const { offsetNs, offsetUncertaintyNs } = motion;
  if (Math.abs(offsetNs) <= Math.max(offsetUncertaintyNs, SMALLEST_OFFSET_NS)) return NO_CORRECTION;
  return { ratePpm: 0, offsetNs, step: Math.abs(offsetNs) > stepThresholdNs };
}
