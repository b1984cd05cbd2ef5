import { describe, expect, test } from '@jest/globals';
import { encodeSample, UnsendableSampleError } from '../../src/sock/encode-sample.js';

/** Written out by hand from struct sock_sample: i64 s, i64 µs, f64 offset, i32 pulse, leap, pad, magic. */
const PLUS_ONE_MS =
  '3b7b1f6900000000' + // 1763670843 s
  '40e2010000000000' + // 123456 µs
  '3d09625c4e62503f' + // 0.0010000005 s
  '00000000' + // no pulse
  '01000000' + // leap: insert
  '00000000' + // pad
  '4b434f53'; // "SOCK" as a little-endian number

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function offsetSeconds(offsetNs: number): number {
  return Buffer.from(encodeSample({ realtimeNs: 0n, offsetNs, leap: 0 })).readDoubleLE(16);
}

function stamp(realtimeNs: bigint): readonly [bigint, bigint] {
  const bytes = Buffer.from(encodeSample({ realtimeNs, offsetNs: 0, leap: 0 }));
  return [bytes.readBigInt64LE(0), bytes.readBigInt64LE(8)];
}

describe('encodeSample()', () => {
  test('gives the 40 bytes of struct sock_sample', () => {
    const bytes = encodeSample({ realtimeNs: 1_763_670_843_123_456_789n, offsetNs: 1_000_000, leap: 1 });
    expect(hex(bytes)).toBe(PLUS_ONE_MS);
  });

  test('cuts the time stamp to whole µs and never rounds up, since chronyd drops a stamp in the future', () => {
    expect(stamp(1_000_000_999n)).toEqual([1n, 0n]);
    expect(stamp(1_999_999_999n)).toEqual([1n, 999_999n]);
    expect(stamp(2_000_000_000n)).toEqual([2n, 0n]);
  });

  test('rounds a time stamp before 1970 towards the past, with µs from 0 to 999999', () => {
    expect(stamp(-1n)).toEqual([-1n, 999_999n]);
    expect(stamp(-1_000_000_000n)).toEqual([-1n, 0n]);
  });

  test('keeps the sign of the offset: positive when the system clock is behind', () => {
    expect(offsetSeconds(1e6)).toBeCloseTo(0.001, 8);
    expect(offsetSeconds(-1e6)).toBeCloseTo(-0.001, 8);
  });

  test("adds half a nanosecond on both sides of zero, which makes up for chronyd's cutting to 1 ns", () => {
    expect(offsetSeconds(100)).toBe(100.5e-9);
    expect(offsetSeconds(0)).toBe(0.5e-9);
    expect(offsetSeconds(-100)).toBe(-99.5e-9);
  });

  test('passes the leap indicator on', () => {
    for (const leap of [0, 1, 2] as const) {
      expect(Buffer.from(encodeSample({ realtimeNs: 0n, offsetNs: 0, leap })).readInt32LE(28)).toBe(leap);
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 32 * 1e9, -(2 ** 32) * 1e9 - 1e3])(
    'refuses an offset of %p ns, which chronyd would drop without a word',
    (offsetNs) => {
      expect(() => encodeSample({ realtimeNs: 0n, offsetNs, leap: 0 })).toThrow(UnsendableSampleError);
    },
  );

  test('takes an offset just below 2^32 s', () => {
    expect(offsetSeconds((2 ** 32 - 1) * 1e9)).toBeCloseTo(2 ** 32 - 1, 3);
  });

  test('refuses a time stamp beyond 64 bits of seconds', () => {
    const realtimeNs = 2n ** 63n * 1_000_000_000n;
    expect(() => encodeSample({ realtimeNs, offsetNs: 0, leap: 0 })).toThrow(/does not fit/);
    expect(stamp(realtimeNs - 1n)).toEqual([2n ** 63n - 1n, 999_999n]);
  });
});
