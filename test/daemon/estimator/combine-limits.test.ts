import { describe, expect, test } from '@jest/globals';
import { combineLimits, type Limits } from '../../../src/daemon/estimator/combine-limits.js';
import { seededRandom } from '../../support/random.js';

describe('combineLimits()', () => {
  test('of one reading is its middle', () => {
    const limits = [{ lowerNs: -100, upperNs: 300 }];
    expect(combineLimits(limits, limits)).toEqual({ valueNs: 100, lowerNs: -100, upperNs: 300, gapNs: 0 });
  });

  test('of a quick way there and a quick way back in different readings is between both', () => {
    const limits = [
      { lowerNs: -10, upperNs: 900 },
      { lowerNs: -900, upperNs: 10 },
    ];
    expect(combineLimits(limits, limits)).toEqual({ valueNs: 0, lowerNs: -10, upperNs: 10, gapNs: 0 });
  });

  test('tells by how much limits contradict each other', () => {
    const limits = [
      { lowerNs: 0, upperNs: 10 },
      { lowerNs: 40, upperNs: 60 },
    ];
    expect(combineLimits(limits, limits)).toEqual({ valueNs: 25, lowerNs: 10, upperNs: 40, gapNs: 30 });
  });

  test('never leaves the intersection in which the truth is', () => {
    const random = seededRandom(1);
    for (let k = 0; k < 2000; k++) {
      const limits = Array.from(
        { length: 1 + Math.floor(25 * random()) },
        (): Limits => ({ lowerNs: -(1000 * random() ** 3), upperNs: 1000 * random() ** 2 }),
      );
      const { valueNs, lowerNs, upperNs, gapNs } = combineLimits(limits, limits);
      expect(gapNs).toBe(0);
      expect(lowerNs).toBe(Math.max(...limits.map((l) => l.lowerNs)));
      expect(upperNs).toBe(Math.min(...limits.map((l) => l.upperNs)));
      expect(valueNs).toBeGreaterThanOrEqual(lowerNs);
      expect(valueNs).toBeLessThanOrEqual(upperNs);
    }
  });
});
