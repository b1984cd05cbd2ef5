import { describe, expect, test } from '@jest/globals';
import { offsetParts } from '../../src/sock/candm-offset.js';
import { decodeChronyFloat } from '../../src/sock/chrony-float.js';
import { randomNumbers } from './random-bytes.js';

const DAY_NS = 86_400e9;

function hex(offsetNs: number): readonly string[] {
  return offsetParts(offsetNs).map((part) => Buffer.from(part.data).toString('hex'));
}

/** What chronyd makes of the parts, in our sign. */
function wireNs(offsetNs: number): number {
  return offsetParts(offsetNs).reduce((sum, part) => {
    const bits = new DataView(part.data.buffer).getUint32(0);
    return sum - decodeChronyFloat(bits) * 1e9;
  }, 0);
}

describe('offsetParts()', () => {
  test('writes a clock that is 1 s behind as −1 s: exponent 2, coefficient −2^23', () => {
    expect(hex(1e9)).toEqual(['05800000']);
    expect(hex(-1e9)).toEqual(['04800000']);
  });

  test('sends what the rounding of 0.2 s leaves, about 3 ns, as a second part', () => {
    // −0.2 · 2^26 = −13421772.8 becomes −13421773 (0x333333 in 25 bits, exponent −1); the rest is 0.2 · 2^-26 s.
    const [coarse, fine, ...more] = offsetParts(0.2e9);
    expect(more).toEqual([]);
    expect(Buffer.from(coarse?.data ?? []).toString('hex')).toBe('ff333333');
    expect(coarse?.offsetNs).toBeCloseTo(200_000_002.980232, 5);
    expect(fine?.offsetNs).toBeCloseTo(-2.980232, 5);
  });

  test('sends nothing for less than a nanosecond, and one part where one is exact enough', () => {
    expect(offsetParts(0)).toEqual([]);
    expect(offsetParts(-0.999)).toEqual([]);
    expect(offsetParts(1)).toHaveLength(1);
    expect(offsetParts(-10e6)).toHaveLength(1);
  });

  test.each([200e6, 3600e9, 3 * DAY_NS, 100 * DAY_NS, 9e15])('adds up to ±%p ns within a nanosecond', (offsetNs) => {
    for (const sign of [1, -1]) {
      expect(Math.abs(wireNs(sign * offsetNs) - sign * offsetNs)).toBeLessThan(1 + offsetNs * 2 ** -51);
      expect(offsetParts(sign * offsetNs).length).toBeLessThanOrEqual(3);
    }
  });

  test('adds up to within a nanosecond for anything from 1 ns to months, in at most three parts', () => {
    let worst = 0;
    let most = 0;
    for (const random of randomNumbers(50_000)) {
      const offsetNs = (random < 0.5 ? -1 : 1) * 10 ** (random * 15.9);
      worst = Math.max(worst, Math.abs(wireNs(offsetNs) - offsetNs) - Math.abs(offsetNs) * 2 ** -51);
      most = Math.max(most, offsetParts(offsetNs).length);
    }
    expect(worst).toBeLessThan(1);
    expect(most).toBe(3);
  });

  test.each([Number.NaN, Infinity, -Infinity])('refuses %p', (offsetNs) => {
    expect(() => offsetParts(offsetNs)).toThrow(RangeError);
  });
});
