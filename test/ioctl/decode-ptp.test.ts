import { describe, expect, test } from '@jest/globals';
import { decodeBasic } from '../../src/ioctl/decode-basic.js';
import { decodeCaps } from '../../src/ioctl/decode-caps.js';
import { decodeExtended } from '../../src/ioctl/decode-extended.js';
import { decodePrecise } from '../../src/ioctl/decode-precise.js';
import { encodeRequest } from '../../src/ioctl/encode-request.js';
import { PtpAnswerError } from '../../src/ioctl/ptp-answer-error.js';
import { seededRandom } from '../support/random.js';
import { fromHex, putStamp, putStamps } from './ptp-bytes.js';

const S = 1_000_000_000n;

function padded(hex: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(fromHex(hex));
  return bytes;
}

function extended(count: number, stamps: readonly bigint[]): Uint8Array {
  return putStamps(new Uint8Array(1216), count, stamps);
}

function basic(count: number, stamps: readonly bigint[]): Uint8Array {
  return putStamps(new Uint8Array(832), count, stamps);
}

describe('decodeCaps()', () => {
  test('reads the members where the header has them', () => {
    const hex = '00943577 00000000 00000000 00000000 01000000 00000000 01000000';
    expect(decodeCaps(padded(hex, 80))).toEqual({
      maxAdjustmentPpb: 2_000_000_000,
      pulsePerSecond: true,
      crossTimestamping: true,
    });
    expect(decodeCaps(new Uint8Array(80)).crossTimestamping).toBe(false);
  });

  test('refuses 79 bytes', () => {
    expect(() => decodeCaps(new Uint8Array(79))).toThrow(PtpAnswerError);
  });
});

describe('decodePrecise()', () => {
  // Little-endian: device 1795219966.739800678, system 1795219966.739797952, raw 12345.000000001.
  const hex = `fe e1 00 6b 00 00 00 00  66 76 18 2c 00 00 00 00
               fe e1 00 6b 00 00 00 00  c0 6b 18 2c 00 00 00 00
               39 30 00 00 00 00 00 00  01 00 00 00 00 00 00 00`;

  test('reads device, CLOCK_REALTIME and CLOCK_MONOTONIC_RAW', () => {
    expect(decodePrecise(padded(hex, 64))).toEqual({
      deviceNs: 1795219966n * S + 739_800_678n,
      realtimeNs: 1795219966n * S + 739_797_952n,
      monotonicRawNs: 12345n * S + 1n,
    });
  });

  test('reads bytes that begin in the middle of their buffer', () => {
    const shifted = new Uint8Array(100).subarray(7, 71);
    shifted.set(padded(hex, 64));
    expect(decodePrecise(shifted)).toEqual(decodePrecise(padded(hex, 64)));
  });

  test('reads a clock that is set to before 1970', () => {
    const bytes = padded(hex, 64);
    new DataView(bytes.buffer).setBigInt64(0, -1n, true);
    expect(decodePrecise(bytes).deviceNs).toBe(-S + 739_800_678n);
  });

  test('refuses nanoseconds of 10^9 and seconds beyond 2^53', () => {
    const bytes = padded(hex, 64);
    new DataView(bytes.buffer).setUint32(24, 1_000_000_000, true);
    expect(() => decodePrecise(bytes)).toThrow(expect.objectContaining({ fault: 'nanoseconds' }));
    const late = padded(hex, 64);
    new DataView(late.buffer).setBigInt64(32, 1n << 53n, true);
    expect(() => decodePrecise(late)).toThrow(expect.objectContaining({ fault: 'seconds' }));
  });
});

describe('decodeExtended()', () => {
  test('gives triples of system, device, system', () => {
    expect(decodeExtended(extended(2, [S, 5n, S + 1n, S + 1n, 5n, 2n * S]))).toEqual([
      { beforeNs: S, deviceNs: 5n, afterNs: S + 1n },
      { beforeNs: S + 1n, deviceNs: 5n, afterNs: 2n * S },
    ]);
  });

  test('keeps a bracket of zero, which ptp_vmclock gives', () => {
    expect(decodeExtended(extended(1, [S, 7n, S]))).toEqual([{ beforeNs: S, deviceNs: 7n, afterNs: S }]);
  });

  test.each([
    ['a negative bracket', [9n, 1n, 8n, 10n, 2n, 11n]],
    ['a system clock that went back between two readings', [1n, 1n, 9n, 8n, 2n, 11n]],
    ['a device that went back', [1n, 2n, 3n, 4n, 1n, 5n]],
  ])('refuses %s, the whole batch', (_what, stamps) => {
    expect(() => decodeExtended(extended(2, stamps))).toThrow(expect.objectContaining({ fault: 'order' }));
  });

  test.each([0, 26, 0xffffffff])('refuses a count of %d', (count) => {
    expect(() => decodeExtended(extended(count, []))).toThrow(expect.objectContaining({ fault: 'sample count' }));
  });

  test('refuses 1215 bytes and reads all 25 readings of 1216', () => {
    const stamps = Array.from({ length: 75 }, (_, index) => S + BigInt(index));
    expect(decodeExtended(extended(25, stamps))[24]).toEqual({
      beforeNs: S + 72n,
      deviceNs: S + 73n,
      afterNs: S + 74n,
    });
    expect(() => decodeExtended(extended(25, stamps).subarray(0, 1215))).toThrow(
      expect.objectContaining({ fault: 'length' }),
    );
  });
});

describe('decodeBasic()', () => {
  test('the stamp after one reading is the one before the next', () => {
    expect(decodeBasic(basic(2, [S, 5n, S + 10n, 6n, S + 20n]))).toEqual([
      { beforeNs: S, deviceNs: 5n, afterNs: S + 10n },
      { beforeNs: S + 10n, deviceNs: 6n, afterNs: S + 20n },
    ]);
  });

  test.each([
    ['a system clock that went back', [9n, 1n, 10n, 2n, 8n]],
    ['a device that went back', [1n, 9n, 2n, 8n, 3n]],
  ])('refuses %s, the whole batch', (_what, stamps) => {
    expect(() => decodeBasic(basic(2, stamps))).toThrow(expect.objectContaining({ fault: 'order' }));
  });

  test('refuses 831 bytes and reads all 25 readings of 832', () => {
    const stamps = Array.from({ length: 51 }, (_, index) => S + BigInt(index));
    expect(decodeBasic(basic(25, stamps))[24]).toEqual({ beforeNs: S + 48n, deviceNs: S + 49n, afterNs: S + 50n });
    expect(() => decodeBasic(basic(25, stamps).subarray(0, 831))).toThrow(PtpAnswerError);
  });
});

describe('any bytes', () => {
  test.each([
    ['decodeCaps', decodeCaps, 80],
    ['decodePrecise', decodePrecise, 64],
    ['decodeExtended', decodeExtended, 1216],
    ['decodeBasic', decodeBasic, 832],
  ] as const)('%s() gives a value or a PtpAnswerError', (_name, decode, size) => {
    const random = seededRandom(size);
    const outcomes = { value: 0, refused: 0 };
    for (let round = 0; round < 1000; round++) {
      const length = random() < 0.2 ? Math.floor(random() * size) : size;
      const bytes = new Uint8Array(length);
      for (let index = 0; index < length; index++) bytes[index] = random() * 256;
      if (length === size && random() < 0.7) mend(bytes, random);
      try {
        const value = decode(bytes);
        outcomes.value += 1;
        const readings = Array.isArray(value) ? value : [];
        if (readings.some(({ beforeNs, afterNs }) => afterNs < beforeNs)) throw new Error('a negative bracket');
      } catch (error) {
        if (!(error instanceof PtpAnswerError)) throw error;
        outcomes.refused += 1;
      }
    }
    // Both ways have to be walked for this test to mean anything.
    expect(outcomes.value).toBeGreaterThan(50);
    expect(outcomes.refused).toBeGreaterThan(50);
  });

  /** Makes stamps of the random bytes that are nearly right: in order but for a rare exception. */
  function mend(bytes: Uint8Array, random: () => number): void {
    const isBatch = bytes.byteLength > 80;
    if (isBatch) new DataView(bytes.buffer).setUint32(0, Math.floor(random() * 4), true);
    let ns = S;
    for (let offset = isBatch ? 16 : 0; offset + 16 <= bytes.byteLength; offset += 16) {
      ns += random() < 0.05 ? -3n : BigInt(Math.floor(random() * 3)) * (S / 2n);
      putStamp(bytes, offset, ns);
    }
  }
});

describe('encodeRequest()', () => {
  test('writes count and clock, and clears what an earlier answer left', () => {
    const bytes = new Uint8Array(1216).fill(0xff);
    encodeRequest(bytes, 10, 4);
    expect([...bytes.subarray(0, 16)]).toEqual([10, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(bytes.subarray(16).every((byte) => byte === 0)).toBe(true);
  });

  test.each([0, 26, 1.5, Number.NaN])('refuses %d readings', (count) => {
    expect(() => encodeRequest(new Uint8Array(832), count, 0)).toThrow(RangeError);
  });
});
