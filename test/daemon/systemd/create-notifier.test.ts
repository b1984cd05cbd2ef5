import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createNotifier } from '../../../src/daemon/systemd/create-notifier.js';
import { bindUnix, close, receive, socketUnixDatagram } from '../../../src/ioctl/libc.js';

const before = process.env['NOTIFY_SOCKET'];
afterEach(() => {
  if (before === undefined) delete process.env['NOTIFY_SOCKET'];
  else process.env['NOTIFY_SOCKET'] = before;
});

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function takeAll(fd: number): string[] {
  const messages: string[] = [];
  const into = new Uint8Array(4096);
  for (let length = receive(fd, into); length !== undefined; length = receive(fd, into)) {
    messages.push(Buffer.from(into.subarray(0, length)).toString());
  }
  return messages;
}

describe('createNotifier()', () => {
  test.each([
    ['a path', (directory: string) => join(directory, 'notify')],
    ['an abstract name', () => `@vmclockd-test-${process.pid}`],
  ])('reaches a socket with %s', (_kind, address) => {
    const directory = mkdtempSync(join(tmpdir(), 'vmclockd-notify-'));
    const fd = socketUnixDatagram();
    try {
      const socket = address(directory);
      bindUnix(fd, socket);
      process.env['NOTIFY_SOCKET'] = socket;
      const notifier = createNotifier(log);
      notifier.status('feeding');
      notifier.stopping();
      expect(takeAll(fd)).toEqual(['STATUS=feeding', 'STOPPING=1']);
    } finally {
      close(fd);
      rmSync(directory, { recursive: true });
    }
  });
});
