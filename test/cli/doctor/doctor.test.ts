import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const MAIN = join(import.meta.dirname, '../../../src/cli/main.js');

test('vmclockd doctor --json prints schema 1, and exits as it says', () => {
  const { stdout, status, stderr } = spawnSync(process.execPath, [MAIN, 'doctor', '--json'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({ schema: 1, version: expect.any(String), exitCode: status });
  expect(Object.keys(document.findings[0])).toEqual(['id', 'name', 'level', 'value', 'expected', 'why', 'remedy']);
  const counted = Object.values<number>(document.counts).reduce((sum, count) => sum + count, 0);
  expect(document.findings).toHaveLength(counted);
});
