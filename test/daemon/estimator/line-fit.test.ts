import { describe, expect, test } from '@jest/globals';
import { fitLine, fitPoint, lineAt } from '../../../src/daemon/estimator/line-fit.js';

describe('fitLine()', () => {
  test('of one point is level and knows no slope', () => {
    const fit = fitLine([fitPoint(5, 7, 2)]);
    expect(fit).toMatchObject({ meanXNs: 5, meanYNs: 7, meanErrorNs: 2, slope: 0 });
    expect(fit.hardSlopeError).toBe(Number.POSITIVE_INFINITY);
    expect(fit.likelySlopeError).toBe(Number.POSITIVE_INFINITY);
  });

  test('of two points goes through both, and its hard slope error is what both bounds allow', () => {
    const fit = fitLine([fitPoint(0, 0, 3), fitPoint(100, 50, 3)]);
    expect(fit.slope).toBeCloseTo(0.5, 12);
    expect(lineAt(fit, 200)).toBeCloseTo(100, 9);
    expect(fit.hardSlopeError).toBeCloseTo(0.06, 12);
  });

  test('weighs by count and by the inverse square of the bound', () => {
    const fit = fitLine([fitPoint(0, 0, 1, 4), fitPoint(100, 50, 2)]);
    expect(fit.meanXNs).toBeCloseTo(100 / 17, 9);
  });

  test('keeps the ns a fortnight after the origin', () => {
    const start = 14 * 86_400e9;
    const points = Array.from({ length: 64 }, (_, k) => fitPoint(start + k * 2e8, 40e-6 * (start + k * 2e8), 1));
    const fit = fitLine(points);
    expect(Math.abs(lineAt(fit, start + 20e9) - 40e-6 * (start + 20e9))).toBeLessThan(0.01);
    expect(Math.abs(fit.slope - 40e-6)).toBeLessThan(1e-13);
  });
});
