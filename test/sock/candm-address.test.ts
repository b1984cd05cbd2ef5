import { describe, expect, test } from '@jest/globals';
import { decodeCandmAddress } from '../../src/sock/candm-address.js';
import { randomNumbers } from './random-bytes.js';

function address(family: number, ...bytes: readonly number[]): DataView {
  const view = new DataView(new ArrayBuffer(20));
  for (const [index, byte] of bytes.entries()) view.setUint8(index, byte);
  view.setUint16(16, family);
  return view;
}

describe('decodeCandmAddress()', () => {
  test('reads no address, an IPv4 address and the id of an unresolved source', () => {
    expect(decodeCandmAddress(address(0), 0, 'test')).toEqual({ family: 'none' });
    expect(decodeCandmAddress(address(1, 192, 0, 2, 255), 0, 'test')).toEqual({
      family: 'IPv4',
      text: '192.0.2.255',
      number: 0xc00002ff,
    });
    expect(decodeCandmAddress(address(3, 0, 0, 1, 2), 0, 'test')).toEqual({ family: 'id', number: 258 });
  });

  test('writes IPv6 addresses as RFC 5952 has it', () => {
    // The URL standard asks for the same form: an independent judge.
    const byUrl = (groups: readonly number[]): string =>
      new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]/`).hostname.slice(1, -1);
    for (const random of randomNumbers(500)) {
      const groups = [...randomNumbers(8, Math.floor(random * 2 ** 32))].map((number) =>
        number < 0.6 ? 0 : Math.floor(number * 65536),
      );
      const bytes = groups.flatMap((group) => [group >> 8, group & 0xff]);
      expect(decodeCandmAddress(address(2, ...bytes), 0, 'test')).toEqual({ family: 'IPv6', text: byUrl(groups) });
    }
  });

  test('refuses another family', () => {
    expect(() => decodeCandmAddress(address(7), 0, 'test')).toThrow('test: address family is 7, expected 0 to 3');
  });
});
