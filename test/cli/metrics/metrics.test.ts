import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writeTextfile } from '../../../src/cli/metrics/write-textfile.js';
import { serveStatus } from '../../../src/daemon/status/serve-status.js';
import type { StatusDocument } from '../../../src/daemon/status-document.js';
import { exampleStatus } from '../../daemon/status/example-status.js';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-metrics-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** `vmclockd metrics` with these flags, until it ends. */
function metrics(...flags: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, 'metrics', '--socket', join(directory, 's'), ...flags]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

const serve = (status: StatusDocument) =>
  serveStatus({ path: join(directory, 's'), mode: 0o600, document: () => status, log: silent });

describe('vmclockd metrics', () => {
  test('prints them once, and ends as status does', async () => {
    const trusted = await serve(exampleStatus());
    const good = await metrics();
    await trusted.close();
    expect([good.code, good.stderr]).toEqual([0, '']);
    expect(good.stdout).toContain('\nvmclockd_trusted 1\n');
    const doubtful = await serve({ ...exampleStatus(), sample: null });
    const bad = await metrics();
    await doubtful.close();
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('\nvmclockd_trusted 0\n');
  });

  test('writes a file that says so when there is no daemon', async () => {
    const path = join(directory, 'vmclockd.prom');
    const { code, stdout, stderr } = await metrics('--textfile', path);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('vmclockd: no daemon: there is no socket');
    expect(readFileSync(path, 'utf8')).toContain('\nvmclockd_up 0\n');
  });

  test('goes on writing the file, with and without a daemon, until it is told to end', async () => {
    const path = join(directory, 'vmclockd.prom');
    const says = async (what: string) => {
      while (!existsSync(path) || !readFileSync(path, 'utf8').includes(what)) await sleep(10);
    };
    const child = spawn(process.execPath, [
      MAIN,
      'metrics',
      '--socket',
      join(directory, 's'),
      '--textfile',
      path,
      '--every',
      '1',
    ]);
    const ended = new Promise((resolve) => child.once('close', resolve));
    try {
      await says('vmclockd_up 0\n');
      const served = await serve(exampleStatus());
      await says('vmclockd_up 1\n');
      await served.close();
      await says('vmclockd_up 0\n');
    } finally {
      child.kill('SIGTERM');
    }
    expect(await ended).toBe(0);
  });

  test.each([
    [['--every', '5'], '--every goes with --textfile'],
    [['--textfile', 'x', '--every', '0'], '--every takes seconds from 1 to 86400'],
    [['--textfile', 'x', '--listen', '1'], '--textfile and --listen do not go together'],
    [['--listen', 'localhost:80'], '--listen takes an IP address, not a name'],
  ])('refuses %j', async (flags, message) => {
    const { code, stderr } = await metrics(...flags);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('writeTextfile()', () => {
  test('replaces the file whole, readable for all, and leaves nothing else', () => {
    const path = join(directory, 'a.prom');
    const umask = process.umask(0o077);
    try {
      writeTextfile(path, 'old\n');
      const before = statSync(path).ino;
      writeTextfile(path, 'new\n');
      expect(statSync(path).ino).not.toBe(before);
    } finally {
      process.umask(umask);
    }
    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(readdirSync(directory)).toEqual(['a.prom']);
  });

  test('follows no link that somebody put where the new file is made', () => {
    writeFileSync(join(directory, 'victim'), 'mine');
    symlinkSync(join(directory, 'victim'), join(directory, `.a.prom.${process.pid}.tmp`));
    writeTextfile(join(directory, 'a.prom'), 'text\n');
    expect(readFileSync(join(directory, 'victim'), 'utf8')).toBe('mine');
  });

  test('says what is wrong and what to do', () => {
    expect(() => writeTextfile(join(directory, 'no', 'a.prom'), '')).toThrow(/a\.prom: ENOENT\. There is no folder/);
    mkdirSync(join(directory, 'b.prom'));
    expect(() => writeTextfile(join(directory, 'b.prom'), '')).toThrow('EISDIR. Name a file in that folder');
    expect(readdirSync(directory)).toEqual(['b.prom']);
  });
});
