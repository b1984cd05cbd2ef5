import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { bindUnix, close, socketUnixDatagram } from '../../src/ioctl/libc.js';
import { ReplySocket } from '../../src/sock/reply-socket.js';

let directory = '';
let command = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-reply-'));
  command = join(directory, 'chronyd.sock');
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function leave(name: string): string {
  const path = join(directory, name);
  const fd = socketUnixDatagram();
  bindUnix(fd, path);
  close(fd);
  return path;
}

/** The PID of a process that has ended. */
function deadPid(): number {
  return spawnSync('true').pid;
}

describe('ReplySocket', () => {
  test('removes sockets of dead vmclockd processes, and nothing else', () => {
    const pid = deadPid();
    const stale = [leave(`vmclockd.${pid}.sock`), leave(`vmclockd.${pid}.1.sock`)];
    const kept = [leave(`vmclockd.${process.ppid}.sock`), leave('vmclockd.sock'), leave(`chronyc.${pid}.sock`)];
    const socket = new ReplySocket(command);
    expect(stale.filter((path) => existsSync(path))).toEqual([]);
    expect(kept.filter((path) => !existsSync(path))).toEqual([]);
    socket.close();
  });

  test('leaves a socket alone that somebody reads from, although its process looks dead (another PID namespace)', () => {
    const path = join(directory, `vmclockd.${deadPid()}.sock`);
    const fd = socketUnixDatagram();
    bindUnix(fd, path);
    new ReplySocket(command).close();
    expect(existsSync(path)).toBe(true);
    close(fd);
  });

  test('takes the place of a socket that an earlier process of our PID has left', () => {
    const path = leave(`vmclockd.${process.pid}.sock`);
    const socket = new ReplySocket(command);
    expect(socket.path).toBe(path);
    expect(socket.reachable).toBe(true);
    socket.close();
    expect(existsSync(path)).toBe(false);
  });

  test('gives two sockets of one process two paths', () => {
    const sockets = [new ReplySocket(command), new ReplySocket(command)];
    expect(sockets.map((socket) => socket.path.slice(directory.length + 1))).toEqual([
      `vmclockd.${process.pid}.sock`,
      `vmclockd.${process.pid}.1.sock`,
    ]);
    for (const socket of sockets) socket.close();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('knows when its path is gone or is another socket', () => {
    const socket = new ReplySocket(command);
    rmSync(socket.path);
    expect(socket.reachable).toBe(false);
    writeFileSync(socket.path, '');
    expect(socket.reachable).toBe(false);
    socket.close();
  });

  test('is removed when the process ends without closing it', () => {
    const module = join(dirname(fileURLToPath(import.meta.url)), '../../src/sock/reply-socket.js');
    const program = `
      const { ReplySocket } = await import(${JSON.stringify(module)});
      console.log(new ReplySocket(${JSON.stringify(command)}).path);
      process.exit(3);`;
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(ended).toMatchObject({ status: 3, stdout: expect.stringContaining(`${directory}/vmclockd.`) });
    expect(readdirSync(directory)).toEqual([]);
  });
});
