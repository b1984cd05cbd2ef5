import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const read = (name: string) => readFileSync(join(process.cwd(), 'systemd', name), 'utf8');
const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** All values of a directive, in order. */
function values(unit: string, directive: string): string[] {
  return [...unit.matchAll(new RegExp(`^${directive}=(.*)$`, 'gm'))].map((match) => match[1] ?? '');
}

describe('vmclockd-wait.service', () => {
  const unit = read('vmclockd-wait.service');
  const [node, ...words] = (values(unit, 'ExecStart')[0] ?? '').split(' ');
  const script = words.findIndex((word) => !word.startsWith('-'));

  test('runs waitsync with the flags of Node that the daemon has', () => {
    const [daemon = ''] = values(read('vmclockd.service'), 'ExecStart');
    expect(daemon).toBe([node, ...words.slice(0, script + 1), 'run'].join(' '));
    const ended = spawnSync(
      process.execPath,
      [...words.slice(0, script), MAIN, ...words.slice(script + 1), '--max-bound', '1'],
      {
        encoding: 'utf8',
      },
    );
    expect(ended.stderr).toContain('--max-bound 1 can never be met');
    expect(ended.status).toBe(2);
  });

  test('holds up time-sync.target, and gives up before systemd does', () => {
    expect(values(unit, 'Before')).toContain('time-sync.target');
    expect(values(unit, 'Wants')).toEqual(['time-sync.target']);
    const [limit = ''] = values(unit, 'TimeoutStartSec');
    const timeout = words[words.indexOf('--timeout') + 1];
    expect(Number(timeout)).toBeGreaterThan(0);
    expect(Number(timeout)).toBeLessThan(Number(limit));
  });

  test('may do nothing but read a socket', () => {
    expect(values(unit, 'CapabilityBoundingSet')).toEqual(['']);
    expect(values(unit, 'DynamicUser')).toEqual(['yes']);
    expect(values(unit, 'RestrictAddressFamilies')).toEqual(['AF_UNIX']);
  });
});
