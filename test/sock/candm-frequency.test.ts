import { describe, expect, test } from '@jest/globals';
import { encodeFrequencyChange } from '../../src/sock/candm-frequency.js';

function hex(ppm: number): string {
  return Buffer.from(encodeFrequencyChange(ppm)).toString('hex');
}

describe('encodeFrequencyChange()', () => {
  test('writes faster as negative, as DFREQ has it', () => {
    // 10 = 0xa00000 · 2^(5 − 25).. exponent 5, coefficient ±10 · 2^20; in 25 bits −0xa00000 is 0x1600000.
    expect(hex(-10)).toBe('0aa00000');
    expect(hex(10)).toBe('0b600000');
    expect(hex(0)).toBe('00000000');
  });

  test.each([Number.NaN, 500_001, -500_001, Infinity])('refuses %p ppm', (ppm) => {
    expect(() => encodeFrequencyChange(ppm)).toThrow(RangeError);
  });
});
