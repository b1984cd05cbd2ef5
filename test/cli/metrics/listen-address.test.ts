import { describe, expect, test } from '@jest/globals';
import { parseListenAddress } from '../../../src/cli/metrics/listen-address.js';

describe('parseListenAddress()', () => {
  test.each([
    ['9971', '127.0.0.1', 9971],
    ['127.0.0.2:9971', '127.0.0.2', 9971],
    ['0.0.0.0:80', '0.0.0.0', 80],
    ['[::1]:9971', '::1', 9971],
  ])('reads %s', (text, host, port) => {
    expect(parseListenAddress(text)).toEqual({ host, port });
  });

  test.each([
    '',
    '0',
    '65536',
    ':9971',
    '*:9971',
    'localhost:9971',
    '::1:9971',
    '[127.0.0.1]:9971',
    '1.2.3:9971',
    '127.0.0.1',
    '[::1]',
  ])('refuses %s', (text) => {
    expect(() => parseListenAddress(text)).toThrow('--listen takes');
  });
});
