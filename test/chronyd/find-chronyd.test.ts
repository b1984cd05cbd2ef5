import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cacheDirectory } from '../../src/cli/cache-directory.js';
import { FetchError, fetchChronyd } from '../../src/cli/fetch-chronyd.js';
import { ensureChronyd } from '../../src/cli/find-chronyd.js';

const environment = { ...process.env };
let directory = '';
let said: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-find-'));
  said = [];
  delete process.env['VMCLOCKD_CHRONYD'];
});

afterEach(() => {
  for (const name of ['VMCLOCKD_CHRONYD', 'PATH']) {
    const value = environment[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(directory, { recursive: true, force: true });
});

function program(name: string, prints: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\necho '${prints}'\n`);
  chmodSync(path, 0o755);
  return path;
}

function ensure(): ReturnType<typeof ensureChronyd> {
  return ensureChronyd({ fetch: false, log: (line) => said.push(line) });
}

describe('ensureChronyd()', () => {
  test('takes the one that $VMCLOCKD_CHRONYD names', async () => {
    const path = program('mine', 'chronyd (chrony) version 9.9 (+CMDMON +REFCLOCK)');
    process.env['VMCLOCKD_CHRONYD'] = path;
    expect(await ensure()).toEqual({ path, env: {}, version: '9.9' });
    expect(said).toEqual([]);
  });

  test('takes no other when that one does not run, and says so', async () => {
    process.env['VMCLOCKD_CHRONYD'] = join(directory, 'missing');
    expect(await ensure()).toBeUndefined();
    expect(said).toEqual([expect.stringMatching(/^\$VMCLOCKD_CHRONYD is .*missing, which does not run: .*ENOENT/)]);
  });

  test('finds the one in $PATH, passing over a program that is not chronyd', async () => {
    const path = program('chronyd', 'chronyd (chrony) version 8.8 (+CMDMON)');
    const other = mkdtempSync(join(tmpdir(), 'vmclockd-find-'));
    writeFileSync(join(other, 'chronyd'), '#!/bin/sh\necho "something else"\n', { mode: 0o755 });
    process.env['PATH'] = `${other}:${directory}:${environment['PATH']}`;
    expect(await ensure()).toMatchObject({ path, version: '8.8' });
    expect(said).toEqual([`${join(other, 'chronyd')} does not run: it is not chronyd: "something else"`]);
    rmSync(other, { recursive: true });
  });
});

describe('fetchChronyd()', () => {
  test('says in one sentence that the archive has no such release, and leaves nothing behind', async () => {
    const target = join(directory, 'copy');
    const fetching = fetchChronyd({ directory: target, suite: 'no-such-release', log: () => {} });
    await expect(fetching).rejects.toThrow(FetchError);
    await expect(fetching).rejects.toThrow(/^chronyd cannot be fetched.*VMCLOCKD_CHRONYD/);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('cacheDirectory()', () => {
  test('is .cache of the checkout while this is one', () => {
    expect(cacheDirectory()).toMatch(/\/\.cache$/);
  });
});
