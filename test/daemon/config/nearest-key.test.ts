import { describe, expect, test } from '@jest/globals';
import { nearestKey } from '../../../src/daemon/config/nearest-key.js';

const KEYS = ['phc', 'sock', 'chronyd', 'look_interval_ms'];

describe('nearestKey()', () => {
  test.each([
    ['pch', 'phc'],
    ['Sock', 'sock'],
    ['chrnoyd', 'chronyd'],
    ['chrony', 'chronyd'],
    ['lookinterval_ms', 'look_interval_ms'],
    ['look-interval-ms', 'look_interval_ms'],
  ])('takes %s for %s', (given, meant) => {
    expect(nearestKey(given, KEYS)).toBe(meant);
  });

  test.each(['', 'x', 'chronology', 'clock', 'a'.repeat(1000)])('takes %j for nothing', (given) => {
    expect(nearestKey(given, KEYS)).toBeUndefined();
  });
});
