import { type FitPoint, fitLine, fitPoint, type LineFit, lineAt } from './line-fit.js';
import type { Track, TrackPoint } from './track.js';

/** 'suspect': do not send. 'jumped': this epoch is over, and this object with it. */
export type JumpState = 'consistent' | 'suspect' | 'jumped';

/** What the detector makes of a reading. */
export interface JumpVerdict {
  readonly state: JumpState;
  /** Device − where the track expected it, ns: positive when the device is ahead. */
  readonly missNs: number;
  /** Misses up to this are what bounds and rate allow, ns. */
  readonly allowedNs: number;
  /** Readings that miss in a row, this one included. */
  readonly suspects: number;
  /**
   * For 'jumped': what gave it away. For 'consistent' after suspects that turned out to be a slew of the host's clock: 'slew';
   * after suspects that were a glitch: 'glitch'.
   */
  readonly cause?: 'step' | 'rate' | 'slew' | 'glitch';
  /** For 'jumped': device − old line at the first reading after the jump, ns. */
  readonly stepNs?: number;
  /** For 'jumped' and 'slew': change of the device's rate against CLOCK_MONOTONIC_RAW, ppb, either sign. */
  readonly rateChangePpb?: number;
}

export interface JumpDetectorOptions {
  /** Readings that have to agree on a new line before a jump is called, >= 3. Default 3. */
  readonly confirmations?: number;
  /** A sudden change of rate up to this is put down to the host's NTP, and followed, ppm. Default 35. */
  readonly maxHostSlewPpm?: number;
  /** Whether a change of rate beyond that is a jump; where not, it is followed. Default true. */
  readonly rateIsJump?: boolean;
}

/** Readings after which an ambiguous case is decided: in favour of a slew, for a false alarm costs chronyd its history. */
const MAX_SUSPECTS = 8;

/** Clocks wander by this much without anybody's doing, ppm. */
const WANDER_PPM = 1;

/** No miss below this is looked at, ns. */
const FLOOR_NS = 100;

/** A change of rate beyond this is no line but noise. */
const MAX_RATE_CHANGE = 1000e-6;

/** A host's NTP slews for at least this long (chronyd's shortest slew), so that a shorter gap sees one end of it only, ns. */
const SHORTEST_SLEW_NS = 1e9;

/** A reading that missed the old line. */
interface Suspect {
  readonly point: TrackPoint;
  readonly miss: FitPoint;
}

/**
 * Notices that the device jumped against CLOCK_MONOTONIC_RAW: where no vmclock page tells of disruptions, the guest's counter
 * was disrupted; where one does, the host's clock was stepped. It stands in front of the track and gives it only readings that are consistent.
 *
 * All limits are made of hard bounds, so noise cannot raise an alarm. What can is a host whose clock is stepped (which is
 * a jump for the guest all the same) or slewed abruptly by more than `maxHostSlewPpm`. A step shows as a line that
 * does not meet the old one, a slew as a line that branches off it between two readings; so a step is told from a slew by its
 * second and third reading. At 5 Hz and brackets of 1 µs steps from some 5 µs on are called, smaller ones are followed
 * by the track. Where readings are a second or more apart a whole slew fits between two of them, and steps up to
 * `maxHostSlewPpm` × that time cannot be told from one: sample faster where there is no vmclock.
 */
export class JumpDetector {
  readonly #track: Track;
  readonly #confirmations: number;
  readonly #maxSlew: number;
  readonly #rateIsJump: boolean;
  #suspects: Suspect[] = [];
  #jumped: JumpVerdict | undefined;

  /** @throws RangeError when an option is out of range */
  constructor(track: Track, options: JumpDetectorOptions = {}) {
    const { confirmations = 3, maxHostSlewPpm = 35, rateIsJump = true } = options;
    if (!(Number.isInteger(confirmations) && confirmations >= 3 && confirmations <= MAX_SUSPECTS)) {
      throw new RangeError(`JumpDetector: confirmations must be 3 … ${MAX_SUSPECTS}, got ${confirmations}`);
    }
    if (!(maxHostSlewPpm >= 0 && maxHostSlewPpm < MAX_RATE_CHANGE * 1e6)) {
      throw new RangeError(`JumpDetector: maxHostSlewPpm must be 0 … 1000, got ${maxHostSlewPpm}`);
    }
    this.#track = track;
    this.#confirmations = confirmations;
    this.#maxSlew = maxHostSlewPpm * 1e-6;
    this.#rateIsJump = rateIsJump;
  }

  /** Judges the next reading of the epoch, later than all before, and adds it to the track when it is consistent. */
  judge(point: TrackPoint): JumpVerdict {
    if (this.#jumped !== undefined) return this.#jumped;
    const prediction = this.#track.predict(point.monotonicRawNs);
    const newestNs = this.#track.newestNs;
    if (prediction === undefined || newestNs === undefined) {
      this.#track.add(point);
      return { state: 'consistent', missNs: 0, allowedNs: Number.POSITIVE_INFINITY, suspects: 0 };
    }
    const missNs = Number(point.deviceNs - prediction.deviceNs);
    const sinceNs = Number(point.monotonicRawNs - newestNs);
    const allowedNs =
      prediction.hardUncertaintyNs + point.rawErrorBoundNs + FLOOR_NS + WANDER_PPM * 1e-6 * Math.max(0, sinceNs);
    if (Math.abs(missNs) <= allowedNs) return this.#consistent(point, missNs, allowedNs);

    const errorNs = Math.max(1, point.rawErrorBoundNs);
    this.#suspects.push({ point, miss: fitPoint(sinceNs, missNs, errorNs) });
    if (this.#suspects.length > MAX_SUSPECTS) this.#suspects.shift();
    return this.#decide(missNs, allowedNs);
  }

  #consistent(point: TrackPoint, missNs: number, allowedNs: number): JumpVerdict {
    const glitch = this.#suspects.length > 0;
    this.#suspects = [];
    this.#track.add(point);
    const verdict = { state: 'consistent', missNs, allowedNs, suspects: 0 } as const;
    return glitch ? { ...verdict, cause: 'glitch' } : verdict;
  }

  /** Whether the suspects agree on a new line, and what it is. Misses are against the old line, abscissae since its newest point. */
  #decide(missNs: number, allowedNs: number): JumpVerdict {
    const suspect: JumpVerdict = { state: 'suspect', missNs, allowedNs, suspects: this.#suspects.length };
    const steepest = this.#rateIsJump ? MAX_RATE_CHANGE : Number.POSITIVE_INFINITY;
    const agreeing = longestLine(this.#suspects, this.#confirmations, steepest);
    if (agreeing === undefined) return suspect;
    const { line, from } = agreeing;
    const first = this.#suspects[from]?.miss;
    if (first === undefined) return suspect;

    const slopeError = line.hardSlopeError + (this.#track.rate?.hardUncertaintyPpb ?? 0) * 1e-9;
    const rateChangePpb = line.slope * 1e9;
    if (Math.abs(line.slope) - slopeError > this.#maxSlew) {
      if (!this.#rateIsJump) return this.#follow(from, { ...suspect, rateChangePpb });
      return this.#jump({ ...suspect, cause: 'rate', stepNs: first.yNs, rateChangePpb });
    }
    // Where the new line passes the last good reading; a slew that began in the gap after it misses it by its rate × the gap.
    const branchNs = branchRange(line.slope, slopeError, first.xNs, this.#maxSlew);
    const meetsNs = lineAt(line, 0);
    const outsideNs = Math.max(branchNs.low - meetsNs, meetsNs - branchNs.high);
    const meetsErrorNs = line.meanErrorNs + line.hardSlopeError * line.meanXNs;
    if (outsideNs > meetsErrorNs + allowedNs) {
      return this.#jump({ ...suspect, cause: 'step', stepNs: first.yNs, rateChangePpb });
    }
    const surelySlew = outsideNs <= 0 && Math.abs(line.slope) + slopeError <= this.#maxSlew;
    if (!surelySlew && this.#suspects.length < MAX_SUSPECTS) return suspect;
    return this.#follow(from, { ...suspect, rateChangePpb });
  }

  /** The suspects from there on are how the host's clock runs now. */
  #follow(from: number, verdict: JumpVerdict): JumpVerdict {
    for (const { point } of this.#suspects.slice(from)) this.#track.add(point);
    this.#suspects = [];
    return { ...verdict, state: 'consistent', cause: 'slew' };
  }

  #jump(verdict: JumpVerdict): JumpVerdict {
    this.#jumped = { ...verdict, state: 'jumped' };
    return this.#jumped;
  }
}

/** The longest run of newest suspects, at least `least`, that lie within their bounds on a line no steeper than that. */
function longestLine(
  suspects: readonly Suspect[],
  least: number,
  steepest: number,
): { line: LineFit; from: number } | undefined {
  for (let from = 0; suspects.length - from >= least; from++) {
    const misses = suspects.slice(from).map((s) => s.miss);
    const line = fitLine(misses);
    const straight = misses.every(
      (m) => Math.abs(m.yNs - lineAt(line, m.xNs)) <= FLOOR_NS + m.errorNs + line.meanErrorNs,
    );
    if (straight && Math.abs(line.slope) <= steepest) return { line, from };
  }
  return undefined;
}

/** Where a line that branched off within `gapNs` may pass the gap's start, ns. */
function branchRange(slope: number, slopeError: number, gapNs: number, maxSlew: number): { low: number; high: number } {
  // A whole slew, begun and ended, fits into a long gap: any of its sizes is possible.
  if (gapNs >= SHORTEST_SLEW_NS) return { low: -maxSlew * gapNs, high: maxSlew * gapNs };
  const steepest = Math.min(maxSlew, Math.max(0, slope + slopeError));
  const shallowest = Math.max(-maxSlew, Math.min(0, slope - slopeError));
  return { low: -steepest * gapNs, high: -shallowest * gapNs };
}
