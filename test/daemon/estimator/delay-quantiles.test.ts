import { describe, expect, test } from '@jest/globals';
import { DelayQuantiles } from '../../../src/daemon/estimator/delay-quantiles.js';
import { exponential, type Random, seededRandom } from '../../support/random.js';
import { batchOf, type Delays } from './batches.js';

function feed(delays: DelayQuantiles, random: Random, levelNs: number, batches: number): void {
  for (let k = 0; k < batches; k++) {
    delays.add(
      batchOf(Array.from({ length: 25 }, (): Delays => [levelNs / 2, levelNs / 2 + exponential(random, levelNs / 5)])),
    );
  }
}

describe('DelayQuantiles', () => {
  test('knows nothing before the first batch and something after it', () => {
    const delays = new DelayQuantiles();
    expect(delays.summary).toBeUndefined();
    feed(delays, seededRandom(1), 1000, 1);
    expect(delays.summary?.batches).toBe(1);
  });

  test('finds the quantiles of an exponential tail', () => {
    const delays = new DelayQuantiles();
    feed(delays, seededRandom(2), 1000, 100);
    expect(delays.summary?.batches).toBe(32);
    expect(Math.abs((delays.summary?.fastestNs ?? 0) - 1006)).toBeLessThan(6);
    expect(Math.abs((delays.summary?.tenthNs ?? 0) - 1021)).toBeLessThan(10);
    expect(Math.abs((delays.summary?.medianNs ?? 0) - 1139)).toBeLessThan(40);
  });

  test.each([
    [1000, 10_000],
    [10_000, 1000],
    [50, 4000],
    [4000, 50],
  ])('follows a change of level from %d to %d ns after three batches, not after two', (from, to) => {
    const delays = new DelayQuantiles();
    const random = seededRandom(3);
    feed(delays, random, from, 60);
    feed(delays, random, to, 2);
    expect(delays.summary?.fastestNs).toBeLessThan(from * 1.2);
    expect(delays.summary?.fastestNs).toBeGreaterThan(from * 0.8);
    feed(delays, random, to, 1);
    expect(delays.summary?.fastestNs).toBeLessThan(to * 1.2);
    expect(delays.summary?.fastestNs).toBeGreaterThan(to * 0.8);
  });

  test('is not moved by slow batches here and there', () => {
    const delays = new DelayQuantiles();
    const random = seededRandom(4);
    for (let k = 0; k < 40; k++) {
      feed(delays, random, 1000, 2);
      feed(delays, random, 80_000, 1);
    }
    expect(delays.summary?.fastestNs).toBeLessThan(1100);
  });

  test('leaves out a bracket below zero', () => {
    const delays = new DelayQuantiles();
    const batch = batchOf([[500, 500]]);
    delays.add({ ...batch, readings: batch.readings.map((r) => ({ ...r, afterNs: r.beforeNs - 5n })) });
    expect(delays.summary).toBeUndefined();
  });
});
