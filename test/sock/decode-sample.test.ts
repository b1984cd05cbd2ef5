import { describe, expect, test } from '@jest/globals';
import { DecodeError } from '../../src/sock/decode-error.js';
import { decodeSample } from '../../src/sock/decode-sample.js';
import { encodeSample } from '../../src/sock/encode-sample.js';
import { randomBytes, randomNumbers } from './random-bytes.js';

/** As a feeder in C writes it: 1763670843.123456 s, offset −0.25 s, leap delete. */
const CAPTURED = Buffer.from(
  '3b7b1f690000000040e2010000000000000000000000d0bf000000000200000000000000' + '4b434f53',
  'hex',
);

function changed(write: (bytes: Buffer) => void): Uint8Array {
  const bytes = Buffer.from(CAPTURED);
  write(bytes);
  return bytes;
}

describe('decodeSample()', () => {
  test('reads a captured datagram', () => {
    expect(decodeSample(CAPTURED)).toEqual({ realtimeNs: 1_763_670_843_123_456_000n, offsetNs: -250_000_000, leap: 2 });
  });

  test('reads bytes that lie inside a larger buffer', () => {
    const larger = Buffer.concat([Buffer.from([1, 2, 3]), CAPTURED, Buffer.from([4])]);
    expect(decodeSample(larger.subarray(3, 43)).leap).toBe(2);
  });

  test.each<[string, Uint8Array]>([
    ['length', CAPTURED.subarray(0, 39)],
    ['length', Buffer.concat([CAPTURED, Buffer.alloc(1)])],
    ['length', new Uint8Array(0)],
    ['magic', changed((bytes) => bytes.writeInt32BE(0x534f434b, 36))],
    ['pulse', changed((bytes) => bytes.writeInt32LE(1, 24))],
    ['leap', changed((bytes) => bytes.writeInt32LE(3, 28))],
    ['leap', changed((bytes) => bytes.writeInt32LE(-1, 28))],
    ['microseconds', changed((bytes) => bytes.writeBigInt64LE(1_000_000n, 8))],
    ['microseconds', changed((bytes) => bytes.writeBigInt64LE(-1n, 8))],
    ['offset', changed((bytes) => bytes.writeDoubleLE(Number.NaN, 16))],
    ['offset', changed((bytes) => bytes.writeDoubleLE(2 ** 32, 16))],
  ])('names a wrong %s', (field, bytes) => {
    expect(() => decodeSample(bytes)).toThrow(expect.objectContaining({ name: 'DecodeError', field }));
  });

  test('says what was found and what was expected', () => {
    expect(() => decodeSample(new Uint8Array(32))).toThrow('SOCK sample: length is 32, expected 40');
  });

  test('gives back what encodeSample() was given, cut to µs and half a nanosecond more', () => {
    const wrong: number[] = [];
    for (const random of randomNumbers(20_000)) {
      const realtimeNs = BigInt(Math.floor(random * 4e18));
      const offsetNs = (random - 0.5) * 10 ** (random * 18);
      const sample = decodeSample(encodeSample({ realtimeNs, offsetNs, leap: 1 }));
      const offsetKept = Math.abs(sample.offsetNs - offsetNs - 0.5) <= 1e-15 * Math.abs(offsetNs) + 1e-12;
      if (sample.realtimeNs !== realtimeNs - (realtimeNs % 1000n) || !offsetKept) wrong.push(random);
    }
    expect(wrong).toEqual([]);
  });

  test('answers any bytes with a sample or a DecodeError', () => {
    let decoded = 0;
    for (const bytes of randomBytes(20_000, 40)) {
      // Random magic would never get past the first check.
      if (bytes.byteLength === 40) bytes.set(CAPTURED.subarray(36), 36);
      if (bytes.byteLength === 40 && (bytes[0] ?? 0) % 2 === 0) bytes.set(CAPTURED.subarray(8, 16), 8);
      if (bytes.byteLength === 40 && (bytes[0] ?? 0) % 2 === 0) bytes.set(CAPTURED.subarray(24, 32), 24);
      try {
        const { offsetNs } = decodeSample(bytes);
        if (!(Math.abs(offsetNs) < 2 ** 32 * 1e9)) throw new Error(`let through an offset of ${offsetNs} ns`);
        decoded += 1;
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
      }
    }
    expect(decoded).toBeGreaterThan(0);
  });
});
