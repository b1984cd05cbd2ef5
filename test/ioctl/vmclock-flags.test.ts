import { describe, expect, test } from '@jest/globals';
import { clockStatusName, leapName, vmclockFlagNames } from '../../src/ioctl/vmclock-flags.js';

describe('vmclockFlagNames()', () => {
  test('names the ten flags of the header in their order', () => {
    expect(vmclockFlagNames(0x3ffn)).toEqual([
      'TAI_OFFSET_VALID',
      'DISRUPTION_SOON',
      'DISRUPTION_IMMINENT',
      'PERIOD_ESTERROR_VALID',
      'PERIOD_MAXERROR_VALID',
      'TIME_ESTERROR_VALID',
      'TIME_MAXERROR_VALID',
      'TIME_MONOTONIC',
      'VM_GEN_COUNTER_PRESENT',
      'NOTIFICATION_PRESENT',
    ]);
  });

  test('gives the number of a bit it does not know', () => {
    expect(vmclockFlagNames((1n << 63n) | (1n << 12n) | 1n)).toEqual(['TAI_OFFSET_VALID', 'bit 12', 'bit 63']);
  });

  test('gives nothing for no flags', () => {
    expect(vmclockFlagNames(0n)).toEqual([]);
  });
});

test('clockStatusName() names the five states and numbers the rest', () => {
  expect([0, 1, 2, 3, 4, 5, 255].map(clockStatusName)).toEqual([
    'unknown',
    'initialising',
    'synchronised',
    'free-running',
    'unreliable',
    'unknown (5)',
    'unknown (255)',
  ]);
});

test('leapName() names the six states and numbers the rest', () => {
  expect([0, 1, 2, 3, 4, 5, 6].map(leapName)).toEqual([
    'none',
    'insert',
    'delete',
    'inserting',
    'inserted',
    'deleted',
    'unknown (6)',
  ]);
});
