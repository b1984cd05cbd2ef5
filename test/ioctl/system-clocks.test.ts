import { describe, expect, test } from '@jest/globals';
import { readClockPair } from '../../src/ioctl/clock-pair.js';
import { SystemClocks } from '../../src/ioctl/system-clocks.js';

describe('SystemClocks', () => {
  const clocks = new SystemClocks();

  test('realtimeNs() is the time since 1970', () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    expect(clocks.realtimeNs()).toBeGreaterThanOrEqual(before);
  });

  test('monotonicRawNs() never goes back', () => {
    let last = clocks.monotonicRawNs();
    for (let look = 0; look < 1000; look++) {
      const now = clocks.monotonicRawNs();
      expect(now >= last).toBe(true);
      last = now;
    }
  });

  test('kernelTaiOffsetSeconds() is a whole number, 0 or a leap second count', () => {
    expect([0, 37, 38]).toContain(clocks.kernelTaiOffsetSeconds());
  });
});

describe('readClockPair()', () => {
  test('keeps the narrowest of three sandwiches, with the middle as its instant', () => {
    const raw = [100n, 200n, 206n, 300n];
    const realtime = [1n, 2n, 3n];
    const pair = readClockPair({
      monotonicRawNs: () => raw.shift() ?? -1n,
      realtimeNs: () => realtime.shift() ?? -1n,
    });
    expect(pair).toEqual({ realtimeNs: 2n, monotonicRawNs: 203n, widthNs: 6 });
  });
});
