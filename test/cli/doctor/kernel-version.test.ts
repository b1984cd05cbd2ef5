import { describe, expect, test } from '@jest/globals';
import { hasForgeablePage } from '../../../src/cli/doctor/forgeable-page.js';
import { isAtLeast, type KernelVersion, kernelVersion } from '../../../src/cli/doctor/kernel-version.js';

describe('kernelVersion()', () => {
  test.each([
    ['6.18.44-fc-v595', '', '', [6, 18, 44]],
    ['7.2.12+deb14-cloud-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 7.2.12-1 (2026-10-30)', '', [7, 2, 12]],
    ['6.1.0-40-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1 (2025-09-20)', '', [6, 1, 153]],
    ['6.14.0-35-generic', '#35-Ubuntu SMP', 'Ubuntu 6.14.0-35.35-generic 6.14.11', [6, 14, 11]],
    ['7.3-rc4', '', '', [7, 3, 0]],
    ['odd', '', '', undefined],
    ['', '', '', undefined],
  ])('%s %s %s', (release, version, signature, expected) => {
    expect(kernelVersion({ release, version, signature })).toEqual(expected);
  });
});

test('isAtLeast() compares number by number', () => {
  expect(isAtLeast([6, 13, 0], [6, 13, 0])).toBe(true);
  expect(isAtLeast([7, 0, 0], [6, 13, 9])).toBe(true);
  expect(isAtLeast([6, 9, 99], [6, 13, 0])).toBe(false);
});

test.each<[KernelVersion, boolean]>([
  [[6, 12, 99], false],
  [[6, 13, 0], true],
  [[6, 18, 46], true],
  [[6, 18, 47], false],
  [[6, 19, 0], true],
  [[7, 0, 5], true],
  [[7, 1, 10], true],
  [[7, 1, 11], false],
  [[7, 2, 0], true],
  [[7, 2, 1], false],
  [[7, 3, 3], true],
  [[7, 3, 4], false],
  [[7, 4, 0], false],
])('hasForgeablePage(%j): %s', (version, expected) => {
  expect(hasForgeablePage(version)).toBe(expected);
});
