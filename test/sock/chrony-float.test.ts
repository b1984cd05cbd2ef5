import { describe, expect, test } from '@jest/globals';
import { CHRONY_FLOAT_MAX, decodeChronyFloat, encodeChronyFloat } from '../../src/sock/chrony-float.js';
import { randomNumbers } from './random-bytes.js';

function relativeError(value: number): number {
  return Math.abs(decodeChronyFloat(encodeChronyFloat(value)) / value - 1);
}

describe('decodeChronyFloat()', () => {
  test('reads values written out by hand: coefficient · 2^(exponent − 25)', () => {
    expect(decodeChronyFloat(0)).toBe(0);
    // Exponent 2, coefficient 2^23.
    expect(decodeChronyFloat(0x04800000)).toBe(1);
    // Exponent 2, coefficient −2^23.
    expect(decodeChronyFloat(0x05800000)).toBe(-1);
    // Exponent −64, coefficient 1: the smallest.
    expect(decodeChronyFloat(0x80000001)).toBe(2 ** -89);
    // Exponent 63, coefficient 2^24 − 1: the largest.
    expect(decodeChronyFloat(0x7effffff)).toBe(CHRONY_FLOAT_MAX);
    // Exponent 63, coefficient −2^24.
    expect(decodeChronyFloat(0x7f000000)).toBe(-(2 ** 62));
  });

  test('has a finite value for every bit pattern, signed or not', () => {
    const wrong: number[] = [];
    for (let bits = 0; bits < 2 ** 32; bits += 4_057) {
      const value = decodeChronyFloat(bits);
      if (!Number.isFinite(value) || decodeChronyFloat(bits | 0) !== value) wrong.push(bits);
    }
    expect(wrong).toEqual([]);
  });
});

describe('encodeChronyFloat()', () => {
  test('writes the values written out by hand', () => {
    expect(encodeChronyFloat(0)).toBe(0);
    expect(encodeChronyFloat(-0)).toBe(0);
    expect(encodeChronyFloat(1)).toBe(0x04800000);
    expect(encodeChronyFloat(CHRONY_FLOAT_MAX)).toBe(0x7effffff);
  });

  test('errs by at most 6e-8 of the value, on both sides of zero', () => {
    let worst = 0;
    for (const random of randomNumbers(100_000)) {
      const sign = Math.floor(random * 2 ** 20) % 2 === 0 ? 1 : -1;
      const value = sign * (1 + random) * 2 ** Math.floor(random * 126 - 65);
      worst = Math.max(worst, relativeError(value));
    }
    expect(worst).toBeLessThanOrEqual(6e-8);
    // Half a step of 2^-23 is reached, so the bound is not idle.
    expect(worst).toBeGreaterThan(5.5e-8);
  });

  test('keeps powers of two and their neighbours, where a logarithm may err', () => {
    let worst = 0;
    for (let exponent = -60; exponent <= 61; exponent += 1) {
      for (const factor of [1, 1 + 2 ** -23, 1 - 2 ** -24, 1 - 2 ** -53]) {
        worst = Math.max(worst, relativeError(factor * 2 ** exponent));
      }
    }
    expect(worst).toBeLessThanOrEqual(6e-8);
  });

  test('is the inverse of decoding for what it writes itself', () => {
    const changed = [...randomNumbers(100_000, 7)]
      .map((random) => decodeChronyFloat(Math.floor(random * 2 ** 32)))
      .filter((value) => Math.abs(value) <= CHRONY_FLOAT_MAX)
      .filter((value) => decodeChronyFloat(encodeChronyFloat(value)) !== value);
    expect(changed).toEqual([]);
  });

  test('fades to zero below 2^-66', () => {
    expect(decodeChronyFloat(encodeChronyFloat(2 ** -80))).toBe(2 ** -80);
    expect(encodeChronyFloat(2 ** -100)).toBe(0);
    expect(encodeChronyFloat(-(2 ** -100))).toBe(0);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -Infinity, 2 ** 62, -(2 ** 63)])('refuses %p', (value) => {
    expect(() => encodeChronyFloat(value)).toThrow(RangeError);
  });
});
