import { describe, expect, test } from '@jest/globals';
import { stampResolutionNs } from '../../../src/daemon/estimator/stamp-resolution.js';
import { seededRandom } from '../../support/random.js';

function stamps(stepNs: number, count = 25): number[] {
  const random = seededRandom(stepNs);
  return Array.from({ length: count }, (_, i) => Math.floor((i * 1700 + random() * 900) / stepNs) * stepNs);
}

describe('stampResolutionNs()', () => {
  test.each([1, 10, 100])('finds a step of %d ns', (step) => {
    expect(stampResolutionNs(stamps(step))).toBe(step);
  });

  test('finds the step of a clock that ticks slower than it is read', () => {
    expect(stampResolutionNs(Array.from({ length: 25 }, (_, i) => Math.floor((i * 260) / 1000) * 1000))).toBe(1000);
  });

  test('takes evenly spaced stamps, and few ones, for smooth', () => {
    expect(stampResolutionNs(Array.from({ length: 25 }, (_, i) => i * 1000))).toBe(1);
    expect(stampResolutionNs(stamps(100, 7))).toBe(1);
  });

  test('takes stamps that do not move for smooth', () => {
    expect(stampResolutionNs(new Array(25).fill(0))).toBe(1);
  });
});
