import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { advise } from '../../src/cli/chrony-config/advise.js';
import { parseChronyVersion } from '../../src/cli/chrony-config/chrony-version.js';
import { formatAdvice } from '../../src/cli/chrony-config/format-advice.js';
import { installedChrony } from '../../src/cli/chrony-config/installed-chrony.js';
import type { PurposeName } from '../../src/cli/chrony-config/purpose.js';
import { type Chronyd, ensureChronyd } from '../../src/cli/find-chronyd.js';
import { DEFAULT_SETTINGS } from '../../src/daemon/config/settings.js';
import { PATIENCE_MS } from './start-chronyd.js';

jest.setTimeout(6 * PATIENCE_MS);

let chronyd: Chronyd;
let directory: string;

beforeAll(async () => {
  const said: string[] = [];
  const found = await ensureChronyd({ fetch: true, log: (line) => said.push(line) });
  if (found === undefined) throw new Error(said.join('\n'));
  chronyd = found;
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-test-'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What chronyd has read of a file; rejects where it refuses it. */
async function readByChronyd(text: string): Promise<string> {
  const file = join(directory, 'chrony.conf');
  writeFileSync(file, text);
  const { stdout } = await promisify(execFile)(chronyd.path, ['-p', '-f', file], {
    env: { ...process.env, ...chronyd.env },
  });
  return stdout;
}

function fileFor(version: string | undefined, purpose: PurposeName, trust: boolean): { text: string; line: string } {
  const parsed = version === undefined ? undefined : parseChronyVersion(version);
  const advice = advise({ version: parsed, purpose, trust, settings: DEFAULT_SETTINGS });
  return { text: formatAdvice(advice, 'this chronyd'), line: advice.line };
}

describe('a real chronyd reads what chrony-config prints', () => {
  test.each(['recovery', 'quiet', 'shadow'] as const)('for %s, with its own version and with none', async (purpose) => {
    for (const trust of [false, true]) {
      for (const version of [chronyd.version, undefined]) {
        const { text, line } = fileFor(version, purpose, trust);
        expect((await readByChronyd(text)).trim()).toBe(line);
      }
    }
  });

  test('every companion line too, once its "#" is gone', async () => {
    const { text } = fileFor(chronyd.version, 'recovery', false);
    const companions = text.split('\n').filter((line) => /^#[a-z]/.test(line));
    expect(companions.length).toBe(3);
    const read = await readByChronyd(text.replace(/^#(?=[a-z])/gm, ''));
    for (const line of companions) expect(read).toContain(line.slice(1));
  });

  test('and it would refuse a word that it does not know', async () => {
    const { text } = fileFor(chronyd.version, 'recovery', false);
    await expect(readByChronyd(text.replace(/^refclock .*/m, '$& nonsense 1'))).rejects.toThrow(
      'Invalid refclock option',
    );
  });
});

describe('installedChrony()', () => {
  test('asks the chronyd that it is given for its version', async () => {
    expect(await installedChrony({ VMCLOCKD_CHRONYD: chronyd.path })).toEqual({
      path: chronyd.path,
      version: chronyd.version,
    });
  });

  test('what does not run, or is no chronyd, is none', async () => {
    expect(await installedChrony({ VMCLOCKD_CHRONYD: '/nonexistent' })).toBeUndefined();
    expect(await installedChrony({ VMCLOCKD_CHRONYD: '/bin/true' })).toBeUndefined();
  });
});
