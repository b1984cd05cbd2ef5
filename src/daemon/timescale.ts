/** What is known about the time scale of a PHC. */
export interface TimescaleEvidence {
  /** The user's word, which wins: a scale, or PHC − UTC in whole seconds. */
  readonly setting: 'auto' | 'utc' | 'tai' | number;
  /** What the driver is documented to give. */
  readonly driver: 'utc' | 'tai' | 'unknown';
  /** PHC − CLOCK_REALTIME, ns. */
  readonly phcMinusSystemNs: number;
  /** The page's TAI − UTC, s; undefined without a page or without its TAI_OFFSET_VALID. */
  readonly pageTaiOffsetSeconds: number | undefined;
  /** The kernel's TAI − UTC, s; 0: nobody has told the kernel. */
  readonly kernelTaiOffsetSeconds: number;
  /** PHC − UTC, s, as established for this PHC earlier in this boot and with the same TAI offset in the page. */
  readonly rememberedShiftSeconds: number | undefined;
}

export type TimescaleVerdict =
  | {
      readonly kind: 'known';
      /** PHC − UTC, s. */
      readonly shiftSeconds: number;
      readonly scale: 'UTC' | 'TAI' | 'shifted';
      /** On what evidence, a clause for people. */
      readonly reason: string;
    }
  /** Nothing may be fed; `reason` is a sentence for people. */
  | { readonly kind: 'ambiguous'; readonly reason: string };

/** TAI − UTC since 2017-01-01, s (IERS Bulletin C 52). Only ever a candidate, never a premise. */
const TAI_OFFSET_SINCE_2017 = 37;

/** How far the system clock may be off and still tell scales 37 s apart. Far below half of that, far above an RTC's error. */
const NEAR_SECONDS = 10;

/** A clock this close to a whole TAI offset away from where it should be is not that far off by accident. */
const SUSPICIOUS_SECONDS = 0.5;

const ADVICE = 'tell it with --timescale utc, tai or the whole seconds of PHC − UTC';

/**
 * Tells which time scale a PHC ticks, or refuses to.
 *
 * Known shifts of PHC − UTC are 0 (UTC), +T (TAI), and for the vmclock PHC also −T and +2T, because Linux applies the
 * page's TAI offset T with the opposite sign of the specification's. A shift is accepted on the user's word, on the
 * driver's documented scale, on what this boot has established before, or because it is the only one near the system
 * clock; each of the last three is refused when other evidence contradicts it. See docs/time-scales.md.
 */
export function detectTimescale(evidence: TimescaleEvidence): TimescaleVerdict {
  const offsets = taiOffsets(evidence);
  const [taiOffset] = offsets;
  const { setting } = evidence;
  if (typeof setting === 'number') return known(setting, offsets, 'set by the configuration');
  if (setting === 'utc') return known(0, offsets, 'set by the configuration');
  if (offsets.length > 1 && (setting === 'tai' || evidence.driver === 'tai')) {
    return {
      kind: 'ambiguous',
      reason: `the page says TAI − UTC is ${evidence.pageTaiOffsetSeconds} s, the kernel says ${evidence.kernelTaiOffsetSeconds} s; ${ADVICE}`,
    };
  }
  const apart = evidence.phcMinusSystemNs / 1e9;
  const told = evidence.pageTaiOffsetSeconds !== undefined || evidence.kernelTaiOffsetSeconds !== 0;
  if ((setting === 'tai' || evidence.driver === 'tai') && !told && Math.abs(apart - taiOffset) > SUSPICIOUS_SECONDS) {
    return {
      kind: 'ambiguous',
      reason: `the PHC ticks TAI, but neither page nor kernel tells TAI − UTC, and it is ${signed(round(apart))} s from the system clock, not ${taiOffset} s; give PHC − UTC in seconds with --timescale, or tell the kernel (chrony's leapseclist)`,
    };
  }
  if (setting === 'tai') return known(taiOffset, offsets, 'set by the configuration');

  const candidates = [...new Set([0, ...offsets.flatMap((t) => [t, -t, 2 * t])])];
  const within = (seconds: number) => candidates.filter((shift) => Math.abs(apart - shift) <= seconds);

  const expected = expectedShift(evidence, taiOffset);
  if (expected !== undefined) {
    const contradicting = within(SUSPICIOUS_SECONDS).filter((shift) => shift !== expected.shift);
    if (contradicting.length === 0 || Math.abs(apart - expected.shift) <= SUSPICIOUS_SECONDS) {
      return known(expected.shift, offsets, expected.reason);
    }
    return {
      kind: 'ambiguous',
      reason:
        `the PHC should be ${signed(expected.shift)} s from UTC (${expected.reason}) but is ${signed(round(apart))} s from the system clock, ` +
        `just as if one of them ticked another time scale; ${ADVICE}`,
    };
  }

  const near = within(NEAR_SECONDS);
  const [only] = near;
  if (only !== undefined && near.length === 1) {
    return known(only, offsets, `${signed(round(apart))} s from the system clock`);
  }
  const why = near.length === 0 ? 'near none of the known shifts' : `near several (${near.map(signed).join(', ')} s)`;
  return {
    kind: 'ambiguous',
    reason: `cannot tell the PHC's time scale: it is ${signed(round(apart))} s from the system clock, ${why}; set the system clock to within ${NEAR_SECONDS} s or ${ADVICE}`,
  };
}

/** TAI − UTC as the page and the kernel have it, the page's first; what everybody knows where neither says. */
function taiOffsets(evidence: TimescaleEvidence): readonly [number, ...number[]] {
  const { pageTaiOffsetSeconds: page, kernelTaiOffsetSeconds: kernel } = evidence;
  // The sign of the page's offset is disputed in the field; the shifts tried cover both.
  const told = [page === undefined ? 0 : Math.abs(page), kernel].filter((seconds) => seconds !== 0);
  const [first, ...rest] = new Set(told);
  return first === undefined ? [TAI_OFFSET_SINCE_2017] : [first, ...rest];
}

function expectedShift(
  evidence: TimescaleEvidence,
  taiOffset: number,
): { readonly shift: number; readonly reason: string } | undefined {
  if (evidence.driver === 'utc') return { shift: 0, reason: 'its driver gives UTC' };
  if (evidence.driver === 'tai') return { shift: taiOffset, reason: 'its driver gives TAI' };
  if (evidence.rememberedShiftSeconds === undefined) return undefined;
  return { shift: evidence.rememberedShiftSeconds, reason: 'as established earlier in this boot' };
}

function known(shiftSeconds: number, offsets: readonly number[], reason: string): TimescaleVerdict {
  const scale = shiftSeconds === 0 ? 'UTC' : offsets.includes(shiftSeconds) ? 'TAI' : 'shifted';
  return { kind: 'known', shiftSeconds, scale, reason };
}

function round(seconds: number): number {
  return Math.abs(seconds) < 1000 ? Math.round(seconds * 1000) / 1000 : Math.round(seconds);
}

function signed(seconds: number): string {
  return seconds > 0 ? `+${seconds}` : `${seconds}`;
}
