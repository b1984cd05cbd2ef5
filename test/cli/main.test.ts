import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { serveStatus } from '../../src/daemon/status/serve-status.js';
import type { StatusDocument } from '../../src/daemon/status-document.js';
import { exampleStatus } from '../daemon/status/example-status.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-main-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function vmclockd(...argv: string[]): Promise<Ended> {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...argv], { env: { ...process.env, NO_COLOR: '' } });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

async function statusOf(document: StatusDocument, ...argv: string[]): Promise<Ended> {
  const path = join(directory, 's');
  const server = await serveStatus({ path, mode: 0o600, document: () => document, log: silent });
  const ended = await vmclockd('status', '--socket', path, ...argv);
  await server.close();
  return ended;
}

describe('vmclockd', () => {
  test('status ends with 0 when the clock can be trusted, without colour when nobody looks', async () => {
    const { code, out, err } = await statusOf(exampleStatus());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^The clock can be trusted: within ±38 ns of the host's clock/);
    expect(out).not.toContain('\u001b');
  });

  test('status ends with 1 when it cannot', async () => {
    const state = { name: 'holding', reason: 'no PHC', forSeconds: 1 } as const;
    const { code, out } = await statusOf({ ...exampleStatus(), state });
    expect(code).toBe(1);
    expect(out).toMatch(/^Do not trust the clock: holding, no PHC\.\n/);
  });

  test('status --json prints the document as received', async () => {
    const { code, out } = await statusOf(exampleStatus(), '--json');
    expect(code).toBe(0);
    expect(out).toBe(`${JSON.stringify(exampleStatus())}\n`);
  });

  test('status ends with 3 when there is no daemon, and says how to start it', async () => {
    const { code, out, err } = await vmclockd('status', '--socket', join(directory, 'none'));
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/^vmclockd: no daemon: there is no socket .+systemctl start vmclockd/);
  });

  test('a wrong command line ends with 2 and the usage', async () => {
    const { code, out, err } = await vmclockd('status', '--bogus');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/vmclockd status \[--json[\s\S]*Unknown argument: bogus\n$/);
  });

  test('--version prints the version of package.json', async () => {
    const { code, out } = await vmclockd('--version');
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
