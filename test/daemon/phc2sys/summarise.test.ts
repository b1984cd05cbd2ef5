import { describe, expect, test } from '@jest/globals';
import type { ServoSample } from '../../../src/daemon/phc2sys/sample-line.js';
import { summarise } from '../../../src/daemon/phc2sys/summarise.js';

const sample = (offsetNs: bigint, frequencyPpb: number, delayNs?: number): ServoSample => ({
  monotonicNs: 1000n + offsetNs,
  offsetNs,
  state: 2,
  frequencyPpb,
  delayNs,
});

describe('summarise()', () => {
  test('is the root mean square, the largest size, and means with their deviations', () => {
    expect(summarise([sample(3n, 10, 100), sample(-4n, 14, 300)])).toEqual({
      monotonicNs: 996n,
      rmsNs: Math.sqrt(12.5),
      maxNs: 4,
      frequencyPpb: { mean: 12, deviation: 2 },
      delayNs: { mean: 200, deviation: 100 },
    });
  });

  test('has no delay where none is known', () => {
    expect(summarise([sample(3n, 10)]).delayNs).toBeUndefined();
  });

  test('refuses to sum up nothing', () => {
    expect(() => summarise([])).toThrow(RangeError);
  });
});
