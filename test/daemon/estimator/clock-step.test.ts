import { describe, expect, test } from '@jest/globals';
import { clockStep } from '../../../src/daemon/estimator/clock-step.js';

const earlier = { realtimeNs: 1_790_000_000_000_000_000n, monotonicRawNs: 5_000_000_000n, widthNs: 60 };

function later(elapsedNs: bigint, changeNs: bigint) {
  return {
    realtimeNs: earlier.realtimeNs + elapsedNs + changeNs,
    monotonicRawNs: earlier.monotonicRawNs + elapsedNs,
    widthNs: 60,
  };
}

describe('clockStep()', () => {
  test('tells a step and its sign', () => {
    expect(clockStep(earlier, later(200_000_000n, 500_000_000n))).toBe(500_000_000);
    expect(clockStep(earlier, later(200_000_000n, -500_000_000n))).toBe(-500_000_000);
  });

  test('never takes chronyd’s fastest slew for a step', () => {
    for (const elapsedNs of [1000n, 200_000_000n, 16_000_000_000n]) {
      const slewed = BigInt(Math.round(Number(elapsedNs) * 83_333.333e-6));
      expect(clockStep(earlier, later(elapsedNs, slewed))).toBeUndefined();
      expect(clockStep(earlier, later(elapsedNs, -slewed))).toBeUndefined();
    }
  });

  test('allows for the widths of both pairs, and not a ns more', () => {
    expect(clockStep(earlier, later(0n, 120n))).toBeUndefined();
    expect(clockStep(earlier, later(0n, 121n))).toBe(121);
  });
});
