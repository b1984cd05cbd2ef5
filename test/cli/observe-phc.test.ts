import { describe, expect, test } from '@jest/globals';
import { observePhc } from '../../src/cli/observe-phc.js';
import { decodeTimex, TIMEX_SIZE } from '../../src/ioctl/decode-timex.js';
import { readKernelSteering } from '../../src/ioctl/libc-timex.js';

const STEERING = { correctionPpb: -1500, synchronised: true };
const NOW = 1_700_000_000_000_000_000n;

describe('observePhc()', () => {
  test('takes the reading of the least width, system − PHC', () => {
    const readings = [
      { beforeNs: NOW, deviceNs: NOW - 900_000n, afterNs: NOW + 3000n },
      { beforeNs: NOW + 5000n, deviceNs: NOW - 994_500n, afterNs: NOW + 6000n },
      { beforeNs: NOW + 9000n, deviceNs: NOW - 900_000n, afterNs: NOW + 11_000n },
    ];
    expect(observePhc(readings, 0, STEERING, 5n)).toEqual({
      monotonicNs: 5n,
      offsetNs: 1_000_000n,
      state: 2,
      frequencyPpb: 1500,
      delayNs: 1000,
    });
  });

  test('-O is what the system clock is to be ahead by, as phc2sys has it: -37 for a PHC on TAI', () => {
    const tai = [{ beforeNs: NOW, deviceNs: NOW + 37_000_000_000n - 7n, afterNs: NOW }];
    expect(observePhc(tai, -37, STEERING, 0n).offsetNs).toBe(7n);
    expect(observePhc(tai, 0, { ...STEERING, synchronised: false }, 0n)).toMatchObject({
      offsetNs: -36_999_999_993n,
      state: 0,
    });
  });

  test('refuses to observe nothing', () => {
    expect(() => observePhc([], 0, STEERING, 0n)).toThrow(RangeError);
  });
});

describe('decodeTimex()', () => {
  const timex = (freq: bigint, tick: bigint, status: number) => {
    const view = new DataView(new ArrayBuffer(TIMEX_SIZE));
    view.setBigInt64(16, freq, true);
    view.setInt32(40, status, true);
    view.setBigInt64(88, tick, true);
    return new Uint8Array(view.buffer);
  };

  test('adds up frequency and tick', () => {
    expect(decodeTimex(timex(65536n, 10_000n, 0x40))).toEqual({ correctionPpb: 1000, synchronised: false });
    expect(decodeTimex(timex(-32768n, 9_999n, 0x1))).toEqual({ correctionPpb: -100_500, synchronised: true });
  });

  test('refuses what is too short', () => {
    expect(() => decodeTimex(new Uint8Array(TIMEX_SIZE - 1))).toThrow(RangeError);
  });

  test('this machine’s kernel steers by something a clock can be steered by', () => {
    const { correctionPpb } = readKernelSteering();
    expect(Math.abs(correctionPpb)).toBeLessThanOrEqual(100_500_000);
  });
});
