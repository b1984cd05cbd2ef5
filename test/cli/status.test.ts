import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { wantsColour } from '../../src/cli/format-tone.js';
import { decodeStatus } from '../../src/cli/status.js';
import { fetchStatus } from '../../src/cli/status-client.js';
import { serveStatus } from '../../src/daemon/status/serve-status.js';
import { exampleStatus } from '../daemon/status/example-status.js';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
let directory: string;
let path: string;
let server: Server | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-ask-'));
  path = join(directory, 's');
});
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** Something else that listens at the path. */
function impostor(write: (send: (text: string) => void, end: () => void) => void): Promise<void> {
  const listening = createServer((socket) => {
    socket.on('error', () => undefined);
    write(
      (text) => socket.write(text),
      () => socket.end(),
    );
  });
  server = listening;
  return new Promise((resolve) => listening.listen(path, resolve));
}

describe('fetchStatus()', () => {
  test('reads what serveStatus() writes', async () => {
    const served = await serveStatus({ path, mode: 0o600, document: exampleStatus, log: silent });
    const text = await fetchStatus(path);
    await served.close();
    expect(decodeStatus(text, path)).toEqual(exampleStatus());
  });

  test('says how to start the daemon when there is no socket', async () => {
    await expect(fetchStatus(path)).rejects.toThrow(
      `no daemon: there is no socket ${path}. If vmclockd is not running, start it with \`systemctl start vmclockd\``,
    );
  });

  test('gives up on what never answers, and on what never stops', async () => {
    await impostor(() => undefined);
    await expect(fetchStatus(path, 20)).rejects.toThrow(`what listens at ${path} does not answer within 0.02 s`);
    server?.close();
    rmSync(path, { force: true });
    await impostor((send) => send('x'.repeat(2 << 20)));
    await expect(fetchStatus(path)).rejects.toThrow(`sends more than 1048576 bytes: it is not vmclockd`);
  });
});

describe('decodeStatus()', () => {
  test.each([
    ['', 'hung up without a word'],
    ['hello', 'what answers at /s is not vmclockd: not JSON: hello'],
    ['{}', "what answers at /s is not vmclockd's status: "],
    ['null', "what answers at /s is not vmclockd's status: the whole: "],
    [
      JSON.stringify({ ...exampleStatus(), schema: 2 }),
      'the daemon at /s writes status schema 2, this program reads 1: update it',
    ],
    [JSON.stringify({ ...exampleStatus(), sock: { ...exampleStatus().sock, sent: '1' } }), 'status: sock.sent: '],
    [JSON.stringify({ ...exampleStatus(), sample: undefined }), 'status: sample: '],
    [JSON.stringify(exampleStatus()).replace('93784', '1e999'), 'status: uptimeSeconds: '],
  ])('refuses %.60j', (text, message) => {
    expect(() => decodeStatus(text, '/s')).toThrow(message);
  });

  test('leaves out members it does not know', () => {
    expect(decodeStatus(JSON.stringify({ ...exampleStatus(), later: true }), '/s')).toEqual(exampleStatus());
  });

  test('takes a value that this version has no word for', () => {
    const example = exampleStatus();
    const text = JSON.stringify(example).replace('"synchronised"', '"unknown (17)"');
    expect(decodeStatus(text, '/s').vmclock?.clockStatus).toBe('unknown (17)');
  });
});

describe('wantsColour()', () => {
  test('only on a terminal that has not been told otherwise', () => {
    expect(wantsColour({ isTTY: true }, {})).toBe(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
  });
});
