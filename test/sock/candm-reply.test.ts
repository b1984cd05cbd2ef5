import { describe, expect, test } from '@jest/globals';
import { CANDM_COMMANDS } from '../../src/sock/candm-command.js';
import { decodeCandmReply } from '../../src/sock/candm-reply.js';
import { decodeSourceData } from '../../src/sock/candm-source-data.js';
import { decodeTracking } from '../../src/sock/candm-tracking.js';
import { DecodeError } from '../../src/sock/decode-error.js';
import { CAPTURED } from './captured-packets.js';
import { randomBytes, randomNumbers } from './random-bytes.js';

const { tracking, nSources, sourceData, resetSources } = CANDM_COMMANDS;

describe('decodeCandmReply()', () => {
  test('hands over the data of a captured reply', () => {
    const reply = decodeCandmReply(CAPTURED.nSources.bytes, nSources, CAPTURED.nSources.sequence);
    expect(reply.status).toBe(0);
    expect(reply.data.byteLength).toBe(4);
    expect(reply.data.getUint32(0)).toBe(1);
  });

  test('takes an answer without data', () => {
    const reply = decodeCandmReply(CAPTURED.resetSources.bytes, resetSources, CAPTURED.resetSources.sequence);
    expect(reply).toMatchObject({ status: 0, data: expect.objectContaining({ byteLength: 0 }) });
  });

  test('takes a refusal, which has no data whatever was asked', () => {
    const reply = decodeCandmReply(CAPTURED.noSuchSource.bytes, sourceData, CAPTURED.noSuchSource.sequence);
    expect(reply).toMatchObject({ status: 4, data: expect.objectContaining({ byteLength: 0 }) });
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['length', (bytes) => bytes.subarray(0, 27)],
    ['length', (bytes) => bytes.subarray(0, 103)],
    ['length', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])],
    ['version', (bytes) => patched(bytes, 0, 5)],
    ['packet type', (bytes) => patched(bytes, 1, 1)],
    ['command', (bytes) => patched(bytes, 5, 14)],
    ['reply code', (bytes) => patched(bytes, 7, 6)],
    ['reply code', (bytes) => patched(bytes, 9, 1)],
    ['sequence', (bytes) => patched(bytes, 19, 0)],
  ])('names a wrong %s', (field, change) => {
    const bytes = change(Buffer.from(CAPTURED.tracking.bytes));
    expect(() => decodeCandmReply(bytes, tracking, CAPTURED.tracking.sequence)).toThrow(
      expect.objectContaining({ name: 'DecodeError', field, what: 'TRACKING reply' }),
    );
  });

  test('answers any bytes, also nearly right ones, with a reply that decodes or a DecodeError', () => {
    const numbers = randomNumbers(Number.MAX_SAFE_INTEGER, 3);
    const next = (below: number): number => Math.floor((numbers.next().value ?? 0) * below);
    let decoded = 0;
    for (const bytes of randomBytes(20_000, 104)) {
      const nearlyRight = next(4) > 0;
      if (nearlyRight && bytes.byteLength === 104) bytes.set(CAPTURED.tracking.bytes.subarray(0, 28));
      if (nearlyRight && next(2) === 0 && bytes.byteLength > 0) bytes[next(bytes.byteLength)] = next(256);
      decoded += decodes(() => {
        decodeTracking(decodeCandmReply(bytes, tracking, CAPTURED.tracking.sequence).data);
      });
    }
    for (const bytes of randomBytes(20_000, 76)) {
      if (bytes.byteLength === 76) bytes.set(CAPTURED.sourceData.bytes.subarray(0, 28));
      if (bytes.byteLength === 76 && next(2) === 0) bytes.set([0, next(5)], 44);
      decoded += decodes(() => {
        decodeSourceData(decodeCandmReply(bytes, sourceData, CAPTURED.sourceData.sequence).data);
      });
    }
    expect(decoded).toBeGreaterThan(5_000);
  });
});

function patched(bytes: Buffer, at: number, value: number): Buffer {
  bytes[at] = value;
  return bytes;
}

/** 1 when it decodes, 0 when it is refused as it should be. */
function decodes(decode: () => void): 0 | 1 {
  try {
    decode();
    return 1;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return 0;
  }
}
