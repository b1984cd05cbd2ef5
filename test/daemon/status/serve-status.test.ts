import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Log } from '../../../src/daemon/log/log.js';
import { type StatusServer, serveStatus } from '../../../src/daemon/status/serve-status.js';
import { exampleStatus } from './example-status.js';

let directory: string;
let path: string;
let said: string[];
const open: { close(): Promise<void> }[] = [];
const clients: Socket[] = [];

// The server's patience is virtual here: what ends a connection is what the test says.
beforeEach(() => {
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'hrtime', 'Date', 'performance'],
  });
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-status-'));
  path = join(directory, 'status.sock');
  said = [];
});
afterEach(async () => {
  jest.useRealTimers();
  for (const client of clients.splice(0)) client.destroy();
  for (const server of open.splice(0)) await server.close();
  rmSync(directory, { recursive: true, force: true });
});

const say = (message: string) => void said.push(message);
const log: Log = { debug: say, info: say, warn: say, error: say };

async function serve(at = path, mode = 0o666, document = exampleStatus): Promise<StatusServer> {
  const server = await serveStatus({ path: at, mode, document, log });
  open.push(server);
  return server;
}

function client(at = path): Socket {
  const socket = connect(at);
  clients.push(socket);
  return socket;
}

/** All that the server writes until it hangs up. */
function readAll(at = path): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = client(at);
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });
}

describe('serveStatus()', () => {
  test('writes one JSON document to each connection and hangs up', async () => {
    await serve();
    const texts = await Promise.all([readAll(), readAll()]);
    for (const text of texts) expect(JSON.parse(text)).toEqual(exampleStatus());
  });

  test('gives the socket the mode it is told', async () => {
    await serve(path, 0o620);
    expect(statSync(path).mode & 0o777).toBe(0o620);
    expect(readdirSync(directory)).toEqual(['status.sock']);
  });

  test('makes the missing directory readable for all', async () => {
    const at = join(directory, 'run', 'status.sock');
    const before = process.umask(0o077);
    try {
      await serve(at);
    } finally {
      process.umask(before);
    }
    expect(statSync(join(directory, 'run')).mode & 0o777).toBe(0o755);
  });

  test('says that the parent of the directory is missing', async () => {
    const at = join(directory, 'no', 'such', 'status.sock');
    await expect(serve(at)).rejects.toThrow(
      `status socket ${at}: its directory ${directory}/no/such cannot be made: ENOENT. Make the parent directory, or choose another with --status-socket`,
    );
  });

  test('refuses a socket that a live daemon serves, and says how to see it', async () => {
    await serve();
    await expect(serve()).rejects.toThrow(
      `status socket ${path}: it is in use: EADDRINUSE. Another vmclockd is running: see it with \`vmclockd status --socket ${path}\` or \`ss -xlp src ${path}\`; stop it, or choose another`,
    );
    expect(JSON.parse(await readAll())).toEqual(exampleStatus());
  });

  test('takes the place of a stale socket', async () => {
    await leaveStaleSocket(path);
    await serve();
    expect(JSON.parse(await readAll())).toEqual(exampleStatus());
  });

  test('does not touch a file that is not a socket', async () => {
    writeFileSync(path, 'mine');
    await expect(serve()).rejects.toThrow(
      `status socket ${path}: something else is there: ENOTSOCK. Move what is there`,
    );
    expect(lstatSync(path).isFile()).toBe(true);
  });

  test('refuses a path that the kernel would cut off', async () => {
    const at = join(directory, 'x'.repeat(107));
    await expect(serve(at)).rejects.toThrow('the path is too long: ENAMETOOLONG');
  });

  test('removes its socket at close, but not that of a successor', async () => {
    const first = await serve();
    await first.close();
    expect(readdirSync(directory)).toEqual([]);
    const second = await serve();
    rmSync(path);
    await serve();
    await second.close();
    expect(JSON.parse(await readAll())).toEqual(exampleStatus());
  });

  test('hangs up on clients that send, or never read, and goes on serving', async () => {
    await serve();
    const idle = Array.from({ length: 40 }, () => client());
    for (const socket of idle) {
      socket.on('error', () => undefined);
      socket.pause();
      socket.write('GET / HTTP/1.1\r\n'.repeat(100));
    }
    await Promise.all(idle.map(closed));
    expect(JSON.parse(await readAll())).toEqual(exampleStatus());
  });

  test('cuts off a client that never reads a document larger than the kernel takes', async () => {
    const huge = { ...exampleStatus(), version: 'x'.repeat(8 << 20) };
    await serve(path, 0o666, () => huge);
    const stuck = client();
    stuck.pause();
    await new Promise<void>((resolve) => stuck.once('connect', () => resolve()));
    // Its answer follows the server's next turn of the loop; so the stuck one has been accepted by then.
    const second = client();
    await new Promise<void>((resolve) => second.once('data', () => resolve()));
    jest.advanceTimersByTime(2000);
    let length = 0;
    stuck.on('data', (chunk) => {
      length += chunk.length;
    });
    await closed(stuck);
    expect(length).toBeLessThan(huge.version.length);
  });

  test('logs a document that cannot be made, and goes on', async () => {
    let broken = true;
    await serve(path, 0o666, () => {
      if (broken) throw new Error('no document');
      return exampleStatus();
    });
    expect(await readAll()).toBe('');
    expect(said).toContain('the status document could not be made');
    broken = false;
    expect(JSON.parse(await readAll())).toEqual(exampleStatus());
  });
});

/** A socket file that nobody listens on: its server's file was moved before the server ended. */
async function leaveStaleSocket(at: string): Promise<void> {
  const { renameSync } = await import('node:fs');
  mkdirSync(join(directory, 'old'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(directory, 'old', 's'), resolve));
  renameSync(join(directory, 'old', 's'), at);
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
