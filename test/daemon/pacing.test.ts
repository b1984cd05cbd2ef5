import { describe, expect, test } from '@jest/globals';
import { type PacingInput, sampleIntervalMs } from '../../src/daemon/pacing.js';

const SETTLED: PacingInput = {
  recovering: false,
  fastIntervalMs: 50,
  slowIntervalMs: 'auto',
  samplesPerPoll: 5,
  poll: 0,
  synchronisedForNs: 60e9,
  epochForNs: 60e9,
  hurried: false,
  sampleNumber: 0,
};

describe('sampleIntervalMs()', () => {
  test('is fast before the first sample and until chronyd has followed for 5 s', () => {
    expect(sampleIntervalMs({ ...SETTLED, synchronisedForNs: undefined, epochForNs: 0 })).toBe(50);
    expect(sampleIntervalMs({ ...SETTLED, synchronisedForNs: 4.9e9, epochForNs: 9e9 })).toBe(50);
    expect(sampleIntervalMs({ ...SETTLED, synchronisedForNs: 5e9, epochForNs: 9e9 })).toBe(200);
  });

  test('slows down after 30 s although chronyd never follows', () => {
    expect(sampleIntervalMs({ ...SETTLED, synchronisedForNs: undefined, epochForNs: 29e9 })).toBe(50);
    expect(sampleIntervalMs({ ...SETTLED, synchronisedForNs: undefined, epochForNs: 30e9 })).toBe(200);
  });

  // poll → ms; chrony 4.6.1 and before give out nothing on fewer than 4 samples a poll
  test.each([
    [0, 200],
    [2, 800],
    [4, 3200],
    [6, 4000],
    [undefined, 200],
  ])('spreads the samples over a poll of %p', (poll, expected) => {
    expect(sampleIntervalMs({ ...SETTLED, poll })).toBe(expected);
  });

  // poll → ms within a group, ms to the next group
  test.each([
    [-4, 10, 210],
    [-3, 12.5, 450],
    [-2, 25, 900],
    [-1, 50, 1800],
  ])('sends a group that fills half of one poll of %p out of four', (poll, within, rest) => {
    const intervals = [5, 6, 7, 8, 9].map((sampleNumber) => sampleIntervalMs({ ...SETTLED, poll, sampleNumber }));
    expect(intervals).toEqual([within, within, within, within, rest]);
  });

  test('fewer samples than a poll needs make no group', () => {
    for (const sampleNumber of [0, 1, 2, 3]) {
      expect(sampleIntervalMs({ ...SETTLED, poll: -2, samplesPerPoll: 2, sampleNumber })).toBe(125);
    }
  });

  test.each([
    [-4, 12.5],
    [-3, 25],
    [-2, 50],
    [0, 50],
  ])('until chronyd follows, no poll of %p is without', (poll, expected) => {
    for (const sampleNumber of [3, 4, 5]) {
      expect(sampleIntervalMs({ ...SETTLED, poll, sampleNumber, synchronisedForNs: undefined, epochForNs: 0 })).toBe(
        expected,
      );
    }
  });

  test('is 10 ms while a recovery waits for samples, and fast while a jump is to be confirmed', () => {
    expect(sampleIntervalMs({ ...SETTLED, recovering: true })).toBe(10);
    expect(sampleIntervalMs({ ...SETTLED, hurried: true })).toBe(50);
  });

  test('a fixed slow interval is kept', () => {
    expect(sampleIntervalMs({ ...SETTLED, slowIntervalMs: 1000, poll: 4 })).toBe(1000);
  });
});
