import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type StatusServer, serveStatus } from '../../src/daemon/status/serve-status.js';
import type { StatusDocument } from '../../src/daemon/status-document.js';
import { exampleStatus } from '../daemon/status/example-status.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const holding = { state: { name: 'holding', reason: 'no PHC', forSeconds: 1 } } as const;

let directory: string;
let path: string;
let child: ChildProcess | undefined;
let said = '';
let server: StatusServer | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-wait-'));
  path = join(directory, 's');
  said = '';
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** Starts `vmclockd waitsync`; resolves with its exit code. */
function waitsync(...argv: string[]): Promise<number | null> {
  const program = spawn(process.execPath, [MAIN, 'waitsync', '--socket', path, ...argv]);
  child = program;
  program.stderr.on('data', (chunk) => {
    said += chunk;
  });
  return new Promise((resolve) => program.on('close', resolve));
}

async function saying(what: string): Promise<void> {
  while (!said.includes(what)) {
    if (child?.exitCode !== null) throw new Error(`it ended without saying ${what}: ${said}`);
    await sleep(10);
  }
}

async function serve(document: () => StatusDocument): Promise<void> {
  server = await serveStatus({ path, mode: 0o600, document, log: silent });
}

describe('vmclockd waitsync', () => {
  test('waits for a daemon that is not there yet and does not trust its clock yet, then ends with 0', async () => {
    const ended = waitsync('--verbose');
    await saying('waiting: no daemon: there is no socket');
    let trusted = false;
    await serve(() => (trusted ? exampleStatus() : { ...exampleStatus(), ...holding }));
    await saying('waiting: Do not trust the clock: holding, no PHC.');
    trusted = true;
    expect(await ended).toBe(0);
    expect(said).toMatch(/The clock can be trusted: within ±38 ns .* \(waited .+\)\n$/);
  });

  test('says nothing when all is well and nobody looks', async () => {
    await serve(exampleStatus);
    expect(await waitsync()).toBe(0);
    expect(said).toBe('');
  });

  test('ends with 1 when the time is up, and says what was missing', async () => {
    await serve(() => ({ ...exampleStatus(), ...holding }));
    expect(await waitsync('--timeout', '0.3')).toBe(1);
    expect(said).toBe(
      'vmclockd: the clock could not be trusted within 0.3 s. Do not trust the clock: holding, no PHC.\n',
    );
  });

  test('ends with 2 when the daemon can never know, and says what to do', async () => {
    await serve(() => ({ ...exampleStatus(), chronyd: null }));
    expect(await waitsync()).toBe(2);
    expect(said).toMatch(/^vmclockd: waiting does not help: the daemon runs with chronyd = "none"/);
  });

  test('ends with 2 on a bound that nothing can meet, without a daemon', async () => {
    expect(await waitsync('--max-bound', '10')).toBe(2);
    expect(said).toMatch(/--max-bound 10 can never be met/);
  });

  test('goes on when the daemon hangs up without a word', async () => {
    const busy = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => busy.listen(path, resolve));
    const ended = waitsync('--verbose');
    await saying('hung up without a word');
    await new Promise((resolve) => busy.close(resolve));
    rmSync(path, { force: true });
    await serve(exampleStatus);
    expect(await ended).toBe(0);
  });

  test.each([
    [['--timeout', '-1'], '--timeout takes seconds from 0 to 604800'],
    [['--timeout', 'soon'], '--timeout takes seconds'],
    [['--max-bound', '0'], '--max-bound takes nanoseconds, more than 0'],
    [['--max-bound', '1us'], '--max-bound takes nanoseconds'],
    [['--bogus'], 'Unknown argument: bogus'],
  ])('%j is a mistake and ends with 2', async (argv, mistake) => {
    expect(await waitsync(...argv)).toBe(2);
    expect(said).toContain(mistake);
  });
});
