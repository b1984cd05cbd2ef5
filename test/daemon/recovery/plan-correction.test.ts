import { describe, expect, test } from '@jest/globals';
import type { OffsetMotion } from '../../../src/daemon/recovery/offset-line.js';
import { NO_CORRECTION, planOffset, planRate } from '../../../src/daemon/recovery/plan-correction.js';

const MOTION: OffsetMotion = {
  offsetNs: 0,
  offsetUncertaintyNs: 100,
  ratePpm: 0,
  rateUncertaintyPpm: Number.POSITIVE_INFINITY,
  points: 1,
  straight: true,
};
const STEP_NS = 1000;
const MS = 1e6;

describe('planOffset()', () => {
  test('steps what is beyond the threshold and leaves what is below it', () => {
    expect(planOffset({ ...MOTION, offsetNs: -5e6 }, 0, undefined, STEP_NS)).toEqual({ ratePpm: 0, offsetNs: -5e6 });
    expect(planOffset({ ...MOTION, offsetNs: 800 }, 0, undefined, STEP_NS)).toEqual(NO_CORRECTION);
  });

  test('leaves an offset out that its own uncertainty covers', () => {
    expect(planOffset({ ...MOTION, offsetNs: 99 }, 0, undefined, STEP_NS)).toEqual(NO_CORRECTION);
    expect(planOffset({ ...MOTION, offsetNs: 15, offsetUncertaintyNs: 1 }, 0, undefined, STEP_NS)).toEqual(
      NO_CORRECTION,
    );
  });

  test('passes on the change of rate that the page tells', () => {
    expect(planOffset(MOTION, 0, 40, STEP_NS)).toEqual({ ratePpm: 40, offsetNs: 0 });
  });

  test('adds what the offset has grown by since it was measured, at the rate that the page tells', () => {
    const planned = planOffset({ ...MOTION, offsetNs: -5e6 }, 20 * MS, -50, STEP_NS);
    expect(planned).toEqual({ ratePpm: -50, offsetNs: -5e6 - 1000 });
  });
});

describe('planRate()', () => {
  const slope = (ratePpm: number, rateUncertaintyPpm: number): OffsetMotion => ({
    ...MOTION,
    points: 9,
    ratePpm,
    rateUncertaintyPpm,
  });

  test('waits while the rate is not known to a tenth of itself', () => {
    expect(planRate(slope(40, 4.1), 50 * MS, STEP_NS, false)).toEqual({ kind: 'wait' });
    expect(planRate(slope(0.5, 0.2), 50 * MS, STEP_NS, false)).toEqual({ kind: 'wait' });
    expect(planRate(MOTION, 50 * MS, STEP_NS, false)).toEqual({ kind: 'wait' });
  });

  test('corrects what is known to a tenth of itself, and measures on', () => {
    expect(planRate(slope(40, 3.9), 50 * MS, STEP_NS, false)).toEqual({
      kind: 'correct',
      correction: { ratePpm: 40, offsetNs: 0 },
    });
  });

  test('is finished when the rate is known finely', () => {
    expect(planRate(slope(-0.2, 0.05), 50 * MS, STEP_NS, false)).toEqual({
      kind: 'finish',
      correction: { ratePpm: -0.2, offsetNs: 0 },
    });
    expect(planRate(slope(0.01, 0.04), 50 * MS, STEP_NS, false)).toEqual({ kind: 'finish', correction: NO_CORRECTION });
  });

  test('is finished after 300 ms whatever is known, and leaves out what is not certain', () => {
    expect(planRate(slope(1, 1.5), 300 * MS, STEP_NS, false)).toEqual({ kind: 'finish', correction: NO_CORRECTION });
    expect(planRate(slope(3.1, 1.5), 300 * MS, STEP_NS, false)).toMatchObject({
      kind: 'finish',
      correction: { ratePpm: 3.1 },
    });
    expect(planRate(MOTION, 300 * MS, STEP_NS, false)).toEqual({ kind: 'finish', correction: NO_CORRECTION });
  });

  test('with a rate that the page has told only the rest of the offset is corrected, at once', () => {
    const rest = { ...MOTION, offsetNs: 64e3, ratePpm: 3, rateUncertaintyPpm: 0.01 };
    expect(planRate(rest, 10 * MS, STEP_NS, true)).toEqual({
      kind: 'correct',
      correction: { ratePpm: 0, offsetNs: 64e3 },
    });
    expect(planRate(MOTION, 10 * MS, STEP_NS, true)).toEqual({ kind: 'finish', correction: NO_CORRECTION });
  });

  test('never makes a rate of what is no line, or of what no counter does', () => {
    expect(planRate({ ...slope(40, 0.01), straight: false }, 50 * MS, STEP_NS, false)).toEqual({ kind: 'again' });
    expect(planRate({ ...slope(40, 0.01), straight: false }, 300 * MS, STEP_NS, true)).toEqual({ kind: 'again' });
    expect(planRate(slope(15_000, 10), 300 * MS, STEP_NS, false)).toEqual({ kind: 'again' });
  });

  test('never corrects a rate that is below its uncertainty', () => {
    for (let uncertainty = 0.01; uncertainty < 100; uncertainty *= 1.3) {
      for (const elapsed of [0, 100 * MS, 300 * MS]) {
        const plan = planRate(slope(0.99 * uncertainty, uncertainty), elapsed, STEP_NS, false);
        expect('correction' in plan ? plan.correction.ratePpm : 0).toBe(0);
      }
    }
  });
});
