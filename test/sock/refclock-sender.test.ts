import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { bindUnix, close, receive, socketUnixDatagram } from '../../src/ioctl/libc.js';
import { SystemError } from '../../src/ioctl/system-error.js';
import { decodeSample } from '../../src/sock/decode-sample.js';
import { RefclockSender } from '../../src/sock/refclock-sender.js';

const EACCES = 13;
const EMFILE = 24;
const sample = (offsetNs: number) => ({ realtimeNs: 1_763_670_843_000_000_000n, offsetNs, leap: 0 }) as const;

let directory = '';
let path = '';
let sender: RefclockSender;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-sender-'));
  path = join(directory, 'refclock.sock');
  sender = new RefclockSender(path);
});

afterEach(() => {
  sender.close();
  rmSync(directory, { recursive: true, force: true });
});

function bound(): number {
  const fd = socketUnixDatagram();
  bindUnix(fd, path);
  return fd;
}

/** The offsets of all samples that wait in `fd`, ns. */
function received(fd: number): readonly number[] {
  const offsets: number[] = [];
  const buffer = new Uint8Array(64);
  for (let length = receive(fd, buffer); length !== undefined; length = receive(fd, buffer)) {
    offsets.push(Math.floor(decodeSample(buffer.subarray(0, length)).offsetNs));
  }
  return offsets;
}

describe('RefclockSender.send()', () => {
  test('delivers one datagram per sample', () => {
    const fd = bound();
    expect(sender.send(sample(-7))).toEqual({ kind: 'sent' });
    expect(sender.send(sample(8))).toEqual({ kind: 'sent' });
    expect(received(fd)).toEqual([-7, 8]);
    close(fd);
  });

  test('drops with ENOENT while there is no socket, ECONNREFUSED while nobody reads it, and never delivers those later', () => {
    expect(sender.send(sample(1))).toEqual({ kind: 'dropped', code: 'ENOENT' });
    close(bound());
    expect(sender.send(sample(2))).toEqual({ kind: 'dropped', code: 'ECONNREFUSED' });
    rmSync(path);
    const fd = bound();
    expect(sender.send(sample(3))).toEqual({ kind: 'sent' });
    expect(received(fd)).toEqual([3]);
    close(fd);
  });

  test('reaches a receiver that was restarted, by the same socket', () => {
    const first = bound();
    expect(sender.send(sample(1))).toEqual({ kind: 'sent' });
    close(first);
    rmSync(path);
    const second = bound();
    expect(sender.send(sample(2))).toEqual({ kind: 'sent' });
    expect(received(second)).toEqual([2]);
    close(second);
  });

  test('drops with EAGAIN when the receiver does not read, without waiting, and sends again when it does', () => {
    const fd = bound();
    let sent = 0;
    let outcome = sender.send(sample(0));
    while (outcome.kind === 'sent' && sent < 100_000) {
      sent += 1;
      outcome = sender.send(sample(sent));
    }
    expect(outcome).toEqual({ kind: 'dropped', code: 'EAGAIN' });
    expect(received(fd)).toHaveLength(sent);
    expect(sender.send(sample(-1))).toEqual({ kind: 'sent' });
    expect(received(fd)).toEqual([-1]);
    close(fd);
  });

  test('drops with EPROTOTYPE where the path is a stream socket', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(sender.send(sample(1))).toEqual({ kind: 'dropped', code: 'EPROTOTYPE' });
    await new Promise((resolve) => server.close(resolve));
  });

  test('drops with ECONNREFUSED where the path is a file, ENOTDIR where a part of it is, ENAMETOOLONG beyond 107 bytes', () => {
    writeFileSync(path, '');
    expect(sender.send(sample(1))).toEqual({ kind: 'dropped', code: 'ECONNREFUSED' });
    const below = new RefclockSender(join(path, 'below'));
    expect(below.send(sample(1))).toEqual({ kind: 'dropped', code: 'ENOTDIR' });
    below.close();
    const long = new RefclockSender(`/${'x'.repeat(107)}`);
    expect(long.send(sample(1))).toEqual({ kind: 'dropped', code: 'ENAMETOOLONG' });
    long.close();
  });

  test('drops with the code of whatever else the kernel says: EACCES of a send, EMFILE of the socket', () => {
    const closed: number[] = [];
    const refusing = new RefclockSender(path, {
      socketUnixDatagram: () => 5,
      sendTo: () => {
        throw new SystemError('sendto', EACCES, path);
      },
      close: (fd) => closed.push(fd),
      ioctl: () => 0,
    });
    expect(refusing.send(sample(1))).toEqual({ kind: 'dropped', code: 'EACCES' });
    refusing.close();
    refusing.close();
    expect(closed).toEqual([5]);
    const exhausted = new RefclockSender(path, {
      socketUnixDatagram: () => {
        throw new SystemError('socket', EMFILE, 'AF_UNIX datagram');
      },
      sendTo: () => {},
      close: () => {},
      ioctl: () => 0,
    });
    expect(exhausted.send(sample(1))).toEqual({ kind: 'dropped', code: 'EMFILE' });
  });

  test('tells what the receiver has not read yet, and nothing once it has or is gone', () => {
    expect(sender.pendingBytes()).toBe(0);
    const fd = bound();
    expect(sender.send(sample(1))).toEqual({ kind: 'sent' });
    const one = sender.pendingBytes();
    expect(one).toBeGreaterThanOrEqual(40);
    expect(sender.send(sample(2))).toEqual({ kind: 'sent' });
    expect(sender.pendingBytes()).toBe(2 * one);
    expect(received(fd)).toHaveLength(2);
    expect(sender.pendingBytes()).toBe(0);
    expect(sender.send(sample(3))).toEqual({ kind: 'sent' });
    close(fd);
    expect(sender.pendingBytes()).toBe(0);
  });

  test('drops with ERANGE a sample that chronyd could not use, without sending it', () => {
    const fd = bound();
    expect(sender.send(sample(Number.NaN))).toEqual({ kind: 'dropped', code: 'ERANGE' });
    expect(received(fd)).toEqual([]);
    close(fd);
  });

  test('throws what is a defect and no refusal of the kernel', () => {
    const broken = new RefclockSender(path, {
      socketUnixDatagram: () => 5,
      sendTo: () => {
        throw new TypeError('defect');
      },
      close: () => {},
      ioctl: () => 0,
    });
    expect(() => broken.send(sample(1))).toThrow(TypeError);
  });
});
