import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { serveStatus } from '../../../src/daemon/status/serve-status.js';
import { exampleStatus } from '../../daemon/status/example-status.js';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

test('status --watch into a pipe: a line per look, the daemon there or not, until it is told to end', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'vmclockd-watch-'));
  const path = join(directory, 's');
  const child = spawn(process.execPath, [MAIN, 'status', '--watch', '--every', '1', '--socket', path]);
  const ended = new Promise((resolve) => child.once('close', resolve));
  let text = '';
  let wake = () => {};
  child.stdout.on('data', (chunk) => {
    text += chunk;
    wake();
  });
  const says = async (what: RegExp) => {
    while (!what.test(text)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  try {
    await says(/ away: no daemon: there is no socket .*\n$/);
    const served = await serveStatus({ path, mode: 0o600, document: exampleStatus, log: silent });
    await says(/ trusted, feeding, .*\n$/);
    await served.close();
  } finally {
    child.kill('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  }
  expect(await ended).toBe(0);
  // Nothing that is meant for a terminal.
  expect(text).not.toContain('\u001b');
});
