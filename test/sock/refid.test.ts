import { describe, expect, test } from '@jest/globals';
import { refIdName, refIdOf } from '../../src/sock/refid.js';

describe('refIdName()', () => {
  test.each([
    [0x564d434b, 'VMCK'],
    [0x50505300, 'PPS'],
    [0, '00000000'],
    [0x7f000001, '7F000001'],
    [0xc0000201, 'C0000201'],
    [0x50005300, '50005300'],
    [0x564d4320, '564D4320'],
  ])('shows 0x%p as %s', (number, name) => {
    expect(refIdName(number)).toBe(name);
  });
});

describe('refIdOf()', () => {
  test.each([
    ['VMCK', 0x564d434b],
    ['PPS', 0x50505300],
    ['~~~~', 0x7e7e7e7e],
  ])('gives %s its 32 bits', (name, number) => {
    expect(refIdOf(name)).toBe(number);
    expect(refIdName(number)).toBe(name);
  });

  test.each(['', 'TOOLONG', 'é', 'A B'])('refuses %p', (name) => {
    expect(() => refIdOf(name)).toThrow(RangeError);
  });
});
