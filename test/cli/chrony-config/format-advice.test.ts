import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { advise } from '../../../src/cli/chrony-config/advise.js';
import { parseChronyVersion } from '../../../src/cli/chrony-config/chrony-version.js';
import { formatAdvice } from '../../../src/cli/chrony-config/format-advice.js';
import { chronyConfigCommand } from '../../../src/cli/chrony-config.js';
import { DEFAULT_SETTINGS } from '../../../src/daemon/config/settings.js';

function formatted(version: string): string {
  const advice = advise({
    version: parseChronyVersion(version),
    purpose: 'recovery',
    trust: false,
    settings: DEFAULT_SETTINGS,
  });
  return formatAdvice(advice, `chrony ${version}`);
}

/** What a run of the command writes. */
async function printed(args: Partial<Parameters<typeof chronyConfigCommand>[0]>) {
  const texts = { stdout: '', stderr: '', exitCode: 0 };
  const writes = [process.stdout.write, process.stderr.write] as const;
  const into = (name: 'stdout' | 'stderr') => (text: string | Uint8Array) => {
    texts[name] += String(text);
    return true;
  };
  process.stdout.write = into('stdout');
  process.stderr.write = into('stderr');
  try {
    texts.exitCode = await chronyConfigCommand({
      config: '/dev/null',
      flags: {},
      chronyVersion: 'any',
      purpose: 'recovery',
      trust: false,
      json: false,
      ...args,
    });
  } finally {
    [process.stdout.write, process.stderr.write] = writes;
  }
  return texts;
}

describe('formatAdvice()', () => {
  test('only the refclock line is no comment, and no line is too wide for a terminal', () => {
    const lines = formatted('5.0').split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      'refclock SOCK /run/chrony.vmclockd.sock refid VMCK poll -3 filter 16 precision 1e-9 maxunreach 480',
    ]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(110);
  });

  test('is plain ASCII: chronyd reads it, and so do old editors', () => {
    expect(formatted('4.9')).toMatch(/^[\x20-\x7e\n]*$/);
  });

  test('what it warns of is in the file too', () => {
    expect(formatted('4.2').replaceAll('\n# ', ' ')).toContain('NOTE: chrony 4.2 is older than 4.3');
    expect(formatted('4.3')).not.toContain('NOTE');
  });
});

const given = process.env['VMCLOCKD_CHRONYD'];
let directory: string | undefined;

afterEach(() => {
  if (given === undefined) delete process.env['VMCLOCKD_CHRONYD'];
  else process.env['VMCLOCKD_CHRONYD'] = given;
  if (directory !== undefined) rmSync(directory, { recursive: true });
  directory = undefined;
});

/** Has the command find a chronyd that tells this version. */
function installChronyd(version: string): string {
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-test-'));
  const path = join(directory, 'chronyd');
  writeFileSync(path, `#!/bin/sh\necho "chronyd (chrony) version ${version} (+CMDMON -DEBUG)"\n`, { mode: 0o755 });
  process.env['VMCLOCKD_CHRONYD'] = path;
  return path;
}

describe('vmclockd chrony-config', () => {
  test('without --chrony-version is for the chronyd that is installed', async () => {
    const path = installChronyd('4.8');
    const { stdout, stderr } = await printed({ chronyVersion: undefined, json: true });
    expect(JSON.parse(stdout)).toMatchObject({ chronyd: { version: '4.8', source: path } });
    expect(stderr).toBe('');
  });

  test.each(['none', 'a build from git'])('with %s installed is for any release', async (what) => {
    if (what === 'none') process.env['VMCLOCKD_CHRONYD'] = '/nonexistent';
    else installChronyd('DEVELOPMENT');
    expect(await printed({ chronyVersion: undefined })).toEqual(await printed({ chronyVersion: 'any' }));
  });

  test('for any release prints the file that is shipped', async () => {
    const { stdout, stderr, exitCode } = await printed({});
    const shipped = new URL('../../../../config/chrony/vmclockd.conf', import.meta.url);
    expect(stdout).toBe(readFileSync(shipped, 'utf8'));
    expect(stderr).toContain('--chrony-version');
    expect(exitCode).toBe(0);
  });

  test('--json tells the line, each word with its reason, and the version', async () => {
    const { stdout, stderr } = await printed({ chronyVersion: '4.8', json: true });
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      chronyd: { version: '4.8', source: '--chrony-version' },
      purpose: 'recovery',
      line: expect.stringContaining('maxunreach 480'),
      words: expect.arrayContaining([{ text: 'filter 16', why: expect.any(String) }]),
      warnings: [],
    });
    expect(stderr).toBe('');
  });

  test('a version that is none, or a wrong setting, ends it with 2 and prints no configuration', async () => {
    const wrong = await printed({ chronyVersion: 'four\u001b[2J' });
    expect(wrong).toMatchObject({ stdout: '', exitCode: 2 });
    expect(wrong.stderr).toContain('such as 4.6.1');
    expect(wrong.stderr).not.toContain('\u001b');
    expect(await printed({ flags: { sock: 'relative' } })).toMatchObject({ stdout: '', exitCode: 2 });
    expect(await printed({ flags: { refid: 'TOOLONG' } })).toMatchObject({ stdout: '', exitCode: 2 });
  });
});
