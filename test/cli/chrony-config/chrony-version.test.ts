import { describe, expect, test } from '@jest/globals';
import { isSince, parseChronyVersion } from '../../../src/cli/chrony-config/chrony-version.js';

describe('parseChronyVersion()', () => {
  test.each([
    ['4.3', 4, 3],
    ['4.6.1', 4, 6],
    ['4.10', 4, 10],
    ['4.9-pre1', 4, 9],
    ['4.6.1-1+deb13u1', 4, 6],
    ['4.3~rc1', 4, 3],
    ['10.0', 10, 0],
  ])('%s is %i.%i', (text, major, minor) => {
    expect(parseChronyVersion(text)).toEqual({ major, minor, text });
  });

  test.each(['', '4', 'DEVELOPMENT', '4.', '.3', '4.x', 'v4.3', '4.3 ', '4.3;reboot', '4.3\n', '-4.3', '12345.1'])(
    '"%s" is none',
    (text) => {
      expect(parseChronyVersion(text)).toBeUndefined();
    },
  );
});

describe('isSince()', () => {
  const since = (text: string, release: string) => {
    const version = parseChronyVersion(text);
    return version && isSince(version, release);
  };

  test.each([
    ['4.7', '4.8', false],
    ['4.8', '4.8', true],
    ['4.8.1', '4.8', true],
    ['4.10', '4.8', true],
    ['3.9', '4.8', false],
    ['5.0', '4.8', true],
  ])('%s against %s: %s', (text, release, expected) => {
    expect(since(text, release)).toBe(expected);
  });
});
