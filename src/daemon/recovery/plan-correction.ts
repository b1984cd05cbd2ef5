import type { OffsetMotion } from './offset-line.js';

/** What chronyd is to be told. */
export interface Correction {
  /** How much faster the system clock is to run, ppm; 0: leave it. */
  readonly ratePpm: number;
  /** How much the system clock is to be stepped forward, ns; 0: leave it. */
  readonly offsetNs: number;
}

/** Nothing to tell. */
export const NO_CORRECTION: Correction = { ratePpm: 0, offsetNs: 0 };

/** What is to be done now. */
export type RatePlan =
  /** The rate is not known well enough yet. */
  | { readonly kind: 'wait' }
  /** These samples are not of a clock that runs evenly: measure anew. */
  | { readonly kind: 'again' }
  /** Correct, then measure again. */
  | { readonly kind: 'correct'; readonly correction: Correction }
  /** Correct this last time (maybe by nothing), then feed. */
  | { readonly kind: 'finish'; readonly correction: Correction };

/** A rate that is known to a tenth of itself is worth correcting at once: it is what the error grows by meanwhile. */
const BULK_RATIO = 10;
/** A rate known to this is good enough for chronyd to take over: 50 ns in the second that it needs. */
const FINE_PPM = 0.05;
/** The scatter of a few points tells their error only roughly: a rate counts when it is this many times its uncertainty. */
const CERTAIN_RATIO = 2;
/** No counter that is used as a clock is worse, even on another host, ppm: what seems so is a step or a slew. */
const LARGEST_PPM = 500;
/** chronyd is not kept without samples for longer than this for the sake of the rate, ns. */
const LONGEST_NS = 300e6;
/**
 * What is left of the offset is corrected with the rate, but for so much, ns: the first look was at a clock that chronyd was still
 * slewing, or somebody has stepped it.
 */
const LARGE_REST_NS = 20e3;
/** Offsets below this are left to chronyd, ns: the way of a command takes about as long. */
const SMALLEST_OFFSET_NS = 20;

/**
 * The first correction, from a first look at the offset: offset first, as it is known at once and may be large.
 *
 * @param motion from one sample
 * @param ageNs since that sample: meanwhile the offset has grown by the change of rate
 * @param knownRateChangePpm change of rate that the page's old and new lines tell; undefined: they do not
 * @param stepThresholdNs offsets up to this are left to chronyd
 */
export function planOffset(
  motion: OffsetMotion,
  ageNs: number,
  knownRateChangePpm: number | undefined,
  stepThresholdNs: number,
): Correction {
  const ratePpm = knownRateChangePpm ?? 0;
  const grownNs = ratePpm * 1e-6 * ageNs;
  return { ...offsetPart({ ...motion, offsetNs: motion.offsetNs + grownNs }, stepThresholdNs), ratePpm };
}

/**
 * What to do about the rest of the offset and about the rate, asked again after each sample. What is not certain is left
 * out: a wrong rate is worse than none, and chronyd itself finds the last tenth of a ppm better than we do in a moment.
 *
 * @param elapsedNs since the offset was corrected
 * @param rateIsKnown the page has told the rate, and chronyd was given it
 */
export function planRate(
  motion: OffsetMotion,
  elapsedNs: number,
  stepThresholdNs: number,
  rateIsKnown: boolean,
): RatePlan {
  const { ratePpm, rateUncertaintyPpm: uncertainty } = motion;
  if (!motion.straight || Math.abs(ratePpm) - uncertainty > LARGEST_PPM) return { kind: 'again' };
  const offset = offsetPart(motion, stepThresholdNs);
  // chronyd slews from the command that gives the offset to the one that steps; what that spoils is put right at once,
  // and looked at once more.
  if (rateIsKnown) return { kind: offset === NO_CORRECTION ? 'finish' : 'correct', correction: offset };
  if (uncertainty <= FINE_PPM || elapsedNs >= LONGEST_NS) {
    const certain = Math.abs(ratePpm) > CERTAIN_RATIO * uncertainty;
    return { kind: 'finish', correction: certain ? { ...offset, ratePpm } : offset };
  }
  if (Math.abs(offset.offsetNs) > LARGE_REST_NS) return { kind: 'correct', correction: offset };
  if (uncertainty * BULK_RATIO > Math.abs(ratePpm)) return { kind: 'wait' };
  return { kind: 'correct', correction: { ...offset, ratePpm } };
}

function offsetPart(motion: OffsetMotion, stepThresholdNs: number): Correction {
  const { offsetNs, offsetUncertaintyNs } = motion;
  if (Math.abs(offsetNs) <= Math.max(offsetUncertaintyNs, SMALLEST_OFFSET_NS, stepThresholdNs)) return NO_CORRECTION;
  return { ratePpm: 0, offsetNs };
}
