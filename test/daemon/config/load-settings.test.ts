import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { describeProblem } from '../../../src/daemon/config/config-problem.js';
import { loadSettings } from '../../../src/daemon/config/load-settings.js';
import { DEFAULT_SETTINGS } from '../../../src/daemon/config/settings.js';

const directory = mkdtempSync(join(tmpdir(), 'vmclockd-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

function complaints(path: string): string[] {
  return (loadSettings({ file: path }).errors ?? []).map(describeProblem);
}

describe('loadSettings()', () => {
  test('takes the defaults when the default file is missing', () => {
    const defaultFile = join(directory, 'missing.toml');
    expect(loadSettings({ defaultFile }).ok).toEqual(DEFAULT_SETTINGS);
    expect(loadSettings({ defaultFile, flags: { phc: '/dev/ptp7' } }).ok?.phc).toBe('/dev/ptp7');
  });

  test('reads the default file when it is there, and the named one instead of it', () => {
    const defaultFile = file('default.toml', 'refid = "DFLT"');
    const named = file('named.toml', 'refid = "NAMD"');
    expect(loadSettings({ defaultFile }).ok?.refid).toBe('DFLT');
    expect(loadSettings({ defaultFile, file: named }).ok?.refid).toBe('NAMD');
  });

  test('refuses a named file that is missing, and says what to do', () => {
    const path = join(directory, 'missing.toml');
    expect(complaints(path)).toEqual([
      `${path}: cannot be read: ENOENT (create it, or leave --config out to use /etc/vmclockd/vmclockd.toml or the defaults)`,
    ]);
  });

  test('refuses a directory, bytes that are no text, and a file without an end', () => {
    expect(complaints(directory)).toEqual([`${directory}: cannot be read: EISDIR (name the file, not its directory)`]);
    expect(complaints(file('binary', Uint8Array.of(0x66, 0xff, 0xfe)))[0]).toContain('is not UTF-8 text');
    expect(complaints('/dev/zero')[0]).toContain('is longer than 1048576 bytes');
  });

  test('/dev/null is an empty file', () => {
    expect(loadSettings({ file: '/dev/null' }).ok).toEqual(DEFAULT_SETTINGS);
  });

  test('garbage in a file is reported with file and line', () => {
    const path = file('garbage.toml', 'phc = "auto"\n\u0007garbage');
    expect(complaints(path)[0]).toMatch(/garbage\.toml:2: not valid TOML: /);
  });
});
