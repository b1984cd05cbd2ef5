import { describe, expect, test } from '@jest/globals';
import { detectTimescale, type TimescaleEvidence } from '../../src/daemon/timescale.js';

const EVIDENCE: TimescaleEvidence = {
  setting: 'auto',
  driver: 'unknown',
  phcMinusSystemNs: 0,
  pageTaiOffsetSeconds: undefined,
  kernelTaiOffsetSeconds: 0,
  rememberedShiftSeconds: undefined,
};

function shift(evidence: Partial<TimescaleEvidence>): number | string {
  const verdict = detectTimescale({ ...EVIDENCE, ...evidence });
  return verdict.kind === 'known' ? verdict.shiftSeconds : verdict.kind;
}

describe('detectTimescale()', () => {
  // [what the PHC is ahead of the system clock by, s] → PHC − UTC, s
  test.each([
    [0, 0],
    [0.2, 0],
    [-4, 0],
    [37, 37],
    [36.1, 37],
    [-37.3, -37],
    [74.01, 74],
  ])('a PHC %p s from a system clock that is nearly right is shifted by %p s', (apart, expected) => {
    expect(shift({ phcMinusSystemNs: apart * 1e9 })).toBe(expected);
  });

  test.each([18, -18, 55, 600, -86400 * 7])(
    'refuses a PHC %p s from the system clock without other evidence',
    (apart) => {
      expect(shift({ phcMinusSystemNs: apart * 1e9 })).toBe('ambiguous');
    },
  );

  test('takes the TAI offset from the page, whatever its sign', () => {
    expect(shift({ phcMinusSystemNs: 40e9, pageTaiOffsetSeconds: 40 })).toBe(40);
    expect(shift({ phcMinusSystemNs: 40e9, pageTaiOffsetSeconds: -40 })).toBe(40);
    expect(shift({ phcMinusSystemNs: -40e9, pageTaiOffsetSeconds: 40 })).toBe(-40);
  });

  test('takes the TAI offset from the kernel where the page has none', () => {
    expect(shift({ phcMinusSystemNs: 41e9, kernelTaiOffsetSeconds: 41 })).toBe(41);
  });

  test('refuses when page and kernel disagree about TAI and the PHC is near both', () => {
    expect(shift({ phcMinusSystemNs: 37.4e9, pageTaiOffsetSeconds: 37, kernelTaiOffsetSeconds: 38 })).toBe('ambiguous');
    expect(shift({ driver: 'tai', phcMinusSystemNs: 37e9, pageTaiOffsetSeconds: 37, kernelTaiOffsetSeconds: 38 })).toBe(
      'ambiguous',
    );
    // UTC is UTC, whatever they say.
    expect(shift({ phcMinusSystemNs: 0, pageTaiOffsetSeconds: 37, kernelTaiOffsetSeconds: 38 })).toBe(0);
  });

  test('a documented UTC driver is believed over a system clock that is days off', () => {
    expect(shift({ driver: 'utc', phcMinusSystemNs: 7 * 86400e9 })).toBe(0);
    expect(shift({ driver: 'utc', phcMinusSystemNs: -3e9 })).toBe(0);
  });

  test('a documented driver is not believed where the system clock says exactly the other scale', () => {
    expect(shift({ driver: 'utc', phcMinusSystemNs: 37.01e9 })).toBe('ambiguous');
    expect(shift({ driver: 'utc', phcMinusSystemNs: -36.9e9 })).toBe('ambiguous');
    expect(shift({ driver: 'tai', phcMinusSystemNs: 0.01e9 })).toBe('ambiguous');
    expect(shift({ driver: 'tai', phcMinusSystemNs: 37.01e9 })).toBe(37);
  });

  test('what this boot has established serves after a restore of a week ago', () => {
    expect(shift({ rememberedShiftSeconds: -37, phcMinusSystemNs: (7 * 86400 - 37) * 1e9 })).toBe(-37);
  });

  test('what this boot has established is dropped where the system clock says exactly another scale', () => {
    // A migration to a host whose page has the TAI offset with the other sign.
    expect(shift({ rememberedShiftSeconds: -37, phcMinusSystemNs: 37.001e9, pageTaiOffsetSeconds: -37 })).toBe(
      'ambiguous',
    );
  });

  test("the user's word wins over everything", () => {
    expect(shift({ setting: 'utc', driver: 'tai', phcMinusSystemNs: 37e9 })).toBe(0);
    expect(shift({ setting: 'tai', driver: 'utc', pageTaiOffsetSeconds: 38 })).toBe(38);
    expect(shift({ setting: -18, driver: 'utc' })).toBe(-18);
  });

  test('never says a shift that is a whole number of seconds from the truth on a system clock within 10 s', () => {
    for (const truth of [0, 37, -37, 74]) {
      for (let error = -9.5; error <= 9.5; error += 0.25) {
        const found = shift({ phcMinusSystemNs: (truth + error) * 1e9, pageTaiOffsetSeconds: 37 });
        expect([truth, 'ambiguous']).toContain(found);
      }
    }
  });

  test('takes TAI − UTC for 37 s only where nothing else fits as well: nobody told', () => {
    expect(shift({ driver: 'tai', phcMinusSystemNs: 37.2e9 })).toBe(37);
    expect(shift({ driver: 'tai', phcMinusSystemNs: 38e9 })).toBe('ambiguous');
    expect(shift({ driver: 'tai', phcMinusSystemNs: 3600e9 })).toBe('ambiguous');
    expect(shift({ setting: 'tai', phcMinusSystemNs: 3600e9 })).toBe('ambiguous');
    expect(shift({ setting: 'tai', phcMinusSystemNs: 3600e9, kernelTaiOffsetSeconds: 38 })).toBe(38);
  });

  test('tells the remedy when it refuses', () => {
    const verdict = detectTimescale({ ...EVIDENCE, phcMinusSystemNs: 600e9 });
    expect(verdict.reason).toBe(
      "cannot tell the PHC's time scale: it is +600 s from the system clock, near none of the known shifts; " +
        'set the system clock to within 10 s or tell it with --timescale utc, tai or the whole seconds of PHC − UTC',
    );
  });
});
