import { describe, expect, test } from '@jest/globals';
import { decodeTracking } from '../../src/sock/candm-tracking.js';
import { CAPTURED } from './captured-packets.js';

function data(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + 28, bytes.byteLength - 28);
}

describe('decodeTracking()', () => {
  test('reads a captured report of a chronyd that follows VMCK', () => {
    const tracking = decodeTracking(data(CAPTURED.tracking.bytes));
    expect(tracking).toMatchObject({
      refId: 0x564d434b,
      refName: 'VMCK',
      stratum: 1,
      leapStatus: 0,
      referenceTimeNs: 1_795_226_763_201_701_399n,
    });
    // The feed began at +1 ms and gained 10 ppm for 3 s.
    expect(tracking.currentCorrectionNs).toBeCloseTo(1_029_999, -2);
    expect(tracking.frequencyPpm).toBeCloseTo(-10, 1);
    expect(tracking.rootDelayNs).toBeCloseTo(1, 6);
    expect(tracking.updateIntervalSeconds).toBeCloseTo(0.25, 2);
    expect(tracking.skewPpm).toBeGreaterThan(0);
    expect(tracking.rootDispersionNs).toBeGreaterThan(0);
  });

  test('reads a report without synchronisation: leap status 3, no reference', () => {
    const tracking = decodeTracking(data(CAPTURED.trackingAfterReset.bytes));
    expect(tracking).toMatchObject({ refId: 0, refName: '00000000', stratum: 0, leapStatus: 3, referenceTimeNs: 0n });
    expect(tracking.rootDelayNs).toBe(1e9);
  });

  test('turns the last offset into true − system: chrony counts it the other way round', () => {
    const bytes = Buffer.from(CAPTURED.tracking.bytes);
    bytes.writeUInt32BE(0x04800000, 28 + 40 + 4);
    expect(decodeTracking(data(bytes)).lastOffsetNs).toBe(-1e9);
  });

  test('reads seconds of 64 bits, and of 32 where the high word says so', () => {
    const bytes = Buffer.from(CAPTURED.tracking.bytes);
    bytes.writeUInt32BE(1, 28 + 28);
    expect(decodeTracking(data(bytes)).referenceTimeNs).toBe(
      (2n ** 32n + 1_795_226_763n) * 1_000_000_000n + 201_701_399n,
    );
    bytes.writeUInt32BE(0x7fffffff, 28 + 28);
    expect(decodeTracking(data(bytes)).referenceTimeNs).toBe(1_795_226_763_201_701_399n);
  });
});
