import { describe, expect, test } from '@jest/globals';
import { formatDuration, formatNs, formatPpm, formatSignedNs } from '../../src/cli/format-quantity.js';

describe('formatNs()', () => {
  test.each([
    [0, '0 ns'],
    [-0.2, '0 ns'],
    [0.4, '0 ns'],
    [38.4, '38 ns'],
    [999.4, '999 ns'],
    [999.7, '1.00 µs'],
    [1534, '1.53 µs'],
    [-15340, '-15.3 µs'],
    [153400, '153 µs'],
    [999_700, '1.00 ms'],
    [12_000_000, '12.0 ms'],
    [3.1e9, '3.10 s'],
    [37e9, '37.0 s'],
    [4e14, '400000 s'],
    [Number.NaN, 'unknown'],
  ])('%p is %s', (ns, text) => {
    expect(formatNs(ns)).toBe(text);
  });

  test('formatSignedNs() always has a sign, except for nothing', () => {
    expect([formatSignedNs(5), formatSignedNs(-5), formatSignedNs(0)]).toEqual(['+5 ns', '-5 ns', '0 ns']);
  });
});

test.each([
  [0, '0.000 ppm'],
  [12.34567, '+12.346 ppm'],
  [-0.0001, '0.000 ppm'],
  [-3.21, '-3.210 ppm'],
])('formatPpm(%p) is %s', (ppm, text) => {
  expect(formatPpm(ppm)).toBe(text);
});

test.each([
  [0, '0 s'],
  [0.13, '0.13 s'],
  [0.8, '0.8 s'],
  [9.999, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [125, '2 min 5 s'],
  [3725, '1 h 2 min'],
  [86400, '1 d'],
  [93784, '1 d 2 h'],
  [-3, '-3 s'],
])('formatDuration(%p) is %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
