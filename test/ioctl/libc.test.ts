import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as libc from '../../src/ioctl/libc.js';
import { memoryView } from '../../src/ioctl/libc-call.js';

const folder = mkdtempSync(join(tmpdir(), 'libc-'));
afterAll(() => rmSync(folder, { recursive: true }));
const TCGETS = { name: 'TCGETS', path: '/dev/zero' };

describe('open() and close()', () => {
  test('open() of a path that is not there throws ENOENT with the path', () => {
    const path = join(folder, 'none');
    expect(() => libc.open(path, 0)).toThrow(expect.objectContaining({ code: 'ENOENT', syscall: 'open', path }));
  });

  test.each(['', 'a\0b'])('open() refuses the path %j, which C would cut short', (path) => {
    expect(() => libc.open(path, 0)).toThrow(TypeError);
  });

  test('close() of a closed descriptor throws EBADF', () => {
    const fd = libc.open('/dev/zero', 0);
    libc.close(fd);
    expect(() => libc.close(fd)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 31, 2 ** 40])('close(%d) is refused before C truncates it', (fd) => {
    expect(() => libc.close(fd)).toThrow(RangeError);
  });
});

describe('ioctl()', () => {
  test('the error names the request and the device', () => {
    const fd = libc.open('/dev/zero', 0);
    const call = () =>
      libc.ioctl(fd, 0xc0403d08, new Uint8Array(64), { name: 'PTP_SYS_OFFSET_PRECISE', path: '/dev/x' });
    expect(call).toThrow('ioctl PTP_SYS_OFFSET_PRECISE on /dev/x: ENOTTY');
    libc.close(fd);
  });

  test('a buffer shorter than the size coded in the request is refused before the kernel writes beyond it', () => {
    expect(() => libc.ioctl(0, 0xc0403d08, new Uint8Array(63), TCGETS)).toThrow(RangeError);
  });

  test.each([-1, 0.5, 2 ** 32])('request %d is refused', (request) => {
    expect(() => libc.ioctl(0, request, new Uint8Array(64), TCGETS)).toThrow(RangeError);
  });
});

describe('pollNow()', () => {
  test('a readable file is readable, a closed descriptor is POLLNVAL', () => {
    const fd = libc.open('/dev/zero', 0);
    expect(libc.pollNow(fd, libc.POLLIN)).toBe(libc.POLLIN);
    libc.close(fd);
    expect(libc.pollNow(fd, libc.POLLIN)).toBe(libc.POLLNVAL);
  });
});

describe('clockGettime()', () => {
  test('CLOCK_REALTIME lies between two readings of the JavaScript clock', () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    const now = libc.clockGettime(libc.CLOCK_REALTIME);
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThan(BigInt(Date.now() + 1) * 1_000_000n);
  });

  test('CLOCK_MONOTONIC is the clock of process.hrtime', () => {
    const before = process.hrtime.bigint();
    const now = libc.clockGettime(libc.CLOCK_MONOTONIC);
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(process.hrtime.bigint());
  });

  test('a clock the kernel does not have is EINVAL', () => {
    expect(() => libc.clockGettime(99)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });
});

describe('mapReadOnly()', () => {
  test('shows what is written to the file afterwards', () => {
    const path = join(folder, 'page');
    writeFileSync(path, Buffer.alloc(4096, 7));
    const fd = libc.open(path, 0);
    const mapping = libc.mapReadOnly(fd, 4096, path);
    libc.close(fd);
    const bytes = new Uint8Array(mapping.buffer);
    expect(bytes[4095]).toBe(7);
    writeFileSync(path, Buffer.alloc(4096, 8), { flag: 'r+' });
    expect(bytes[4095]).toBe(8);
    mapping.unmap();
    expect(() => mapping.unmap()).not.toThrow();
  });

  test('a second unmap() does not take away what has been mapped there since', () => {
    const path = join(folder, 'later');
    writeFileSync(path, Buffer.alloc(4096));
    const fd = libc.open(path, 0);
    const first = libc.mapReadOnly(fd, 4096, path);
    first.unmap();
    const later = Array.from({ length: 8 }, () => libc.mapReadOnly(fd, 4096, path));
    first.unmap();
    const bytesMapped = readFileSync('/proc/self/maps', 'utf8')
      .split('\n')
      .filter((line) => line.endsWith(path))
      .map((line) => /^([0-9a-f]+)-([0-9a-f]+)/.exec(line))
      .reduce((sum, range) => sum + Number(`0x${range?.[2]}`) - Number(`0x${range?.[1]}`), 0);
    expect(bytesMapped).toBe(8 * 4096);
    for (const mapping of later) mapping.unmap();
    libc.close(fd);
  });

  test('a failed mmap is an error and not a buffer at the end of memory', () => {
    const fd = libc.open(folder, 0);
    expect(() => libc.mapReadOnly(fd, 4096, folder)).toThrow(expect.objectContaining({ code: 'ENODEV', path: folder }));
    libc.close(fd);
  });

  test.each([0, -1, 1.5])('a length of %d is refused', (length) => {
    expect(() => libc.mapReadOnly(0, length, 'x')).toThrow(RangeError);
  });

  test.each([0n, 0xffff_ffff_ffff_ffffn])('memoryView(%d) throws instead of ending the process', (address) => {
    expect(() => memoryView(address, 16)).toThrow(RangeError);
  });
});

describe('unix datagrams', () => {
  test.each(['@libc-test-abstract', join(folder, 'socket')])('sendTo() and receive() over %s', (path) => {
    const [from, to] = [libc.socketUnixDatagram(), libc.socketUnixDatagram()];
    libc.bindUnix(to, path);
    libc.sendTo(from, Uint8Array.of(1, 2, 3), path);
    const into = new Uint8Array(2);
    // The whole length, so that a datagram that was cut short shows.
    expect(libc.receive(to, into)).toBe(3);
    expect([...into]).toEqual([1, 2]);
    expect(libc.receive(to, into)).toBeUndefined();
    libc.sendTo(from, new Uint8Array(0), path);
    expect(libc.receive(to, into)).toBe(0);
    libc.close(from);
    expect(() => libc.bindUnix(to, path)).toThrow(expect.objectContaining({ syscall: 'bind', path }));
    libc.close(to);
  });

  test('an abstract name is exact: no NUL hangs on to it', () => {
    const fd = libc.socketUnixDatagram();
    libc.bindUnix(fd, '@libc-test-exact');
    expect(readFileSync('/proc/net/unix', 'utf8')).toMatch(/ @libc-test-exact$/m);
    libc.close(fd);
  });

  test('sendTo() tells a missing path, a file that is no socket, and a full queue apart', () => {
    const [from, to] = [libc.socketUnixDatagram(), libc.socketUnixDatagram()];
    const bytes = Uint8Array.of(1);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => libc.sendTo(from, bytes, join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => libc.sendTo(from, bytes, file)).toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }));
    libc.bindUnix(to, '@libc-test-full');
    const flood = () => {
      for (let sent = 0; sent < 100_000; sent++) libc.sendTo(from, bytes, '@libc-test-full');
    };
    expect(flood).toThrow(expect.objectContaining({ code: 'EAGAIN' }));
    libc.close(from);
    libc.close(to);
  });

  test('a path of 107 bytes goes to the kernel, one of 108 is refused with the reason', () => {
    const fd = libc.socketUnixDatagram();
    const send = (path: string) => () => libc.sendTo(fd, Uint8Array.of(1), path);
    expect(send(`/${'é'.repeat(53)}`)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(send(`/${'é'.repeat(53)}x`)).toThrow(/ENAMETOOLONG.*at most 107 bytes, this one has 108/);
    libc.close(fd);
  });
});
