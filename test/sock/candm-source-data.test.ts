import { describe, expect, test } from '@jest/globals';
import { decodeSourceData } from '../../src/sock/candm-source-data.js';
import { CAPTURED } from './captured-packets.js';

function changed(write: (data: Buffer) => void): DataView {
  const bytes = Buffer.from(CAPTURED.sourceData.bytes);
  const data = bytes.subarray(28);
  write(data);
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}

describe('decodeSourceData()', () => {
  test('reads a captured report of a selected refclock', () => {
    const source = decodeSourceData(changed(() => {}));
    expect(source).toMatchObject({
      name: 'VMCK',
      isRefclock: true,
      poll: -2,
      stratum: 0,
      state: 'selected',
      reachability: 0xff,
      sinceSampleSeconds: 0,
    });
    expect(source.latestErrorNs).toBeGreaterThan(0);
    expect(source.latestErrorNs).toBeLessThan(1000);
  });

  test.each([
    [0, 'selected'],
    [1, 'nonselectable'],
    [2, 'falseticker'],
    [3, 'jittery'],
    [4, 'unselected'],
    [5, 'selectable'],
    [6, 'unknown'],
  ] as const)('names state %p %s', (number, state) => {
    expect(decodeSourceData(changed((data) => data.writeUInt16BE(number, 24))).state).toBe(state);
  });

  test('shows an NTP source by its address, not as a refid', () => {
    const source = decodeSourceData(changed((data) => data.writeUInt16BE(0, 26)));
    expect(source).toMatchObject({ name: '86.77.67.75', isRefclock: false });
  });

  test('gives Infinity seconds where chronyd has no sample', () => {
    expect(decodeSourceData(changed((data) => data.writeUInt32BE(0xffffffff, 32))).sinceSampleSeconds).toBe(Infinity);
    expect(decodeSourceData(changed((data) => data.writeUInt32BE(17, 32))).sinceSampleSeconds).toBe(17);
  });

  test('turns the offsets into true − system, and leaves the error alone', () => {
    const source = decodeSourceData(
      changed((data) => {
        data.writeUInt32BE(0x04800000, 36);
        data.writeUInt32BE(0x05800000, 40);
        data.writeUInt32BE(0x04800000, 44);
      }),
    );
    expect(source).toMatchObject({ originalOffsetNs: -1e9, latestOffsetNs: 1e9, latestErrorNs: 1e9 });
  });

  test('refuses an address family that is not known', () => {
    expect(() => decodeSourceData(changed((data) => data.writeUInt16BE(4, 16)))).toThrow(
      'SOURCE_DATA reply: address family is 4, expected 0 to 3',
    );
  });
});
