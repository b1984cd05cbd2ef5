import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), '../../src');

/** Runs `program` in a process of its own, with a socket bound and watched; gives what it printed. */
function run(program: string): { readonly status: number | null; readonly stdout: string } {
  const directory = mkdtempSync(join(tmpdir(), 'vmclockd-loop-'));
  const prelude = `
    const { bindUnix, receive, sendTo, socketUnixDatagram } = await import(${url('ioctl/libc.js')});
    const { nodeChannelLoop } = await import(${url('sock/node-channel-loop.js')});
    const path = ${JSON.stringify(join(directory, 'ours'))};
    const fd = socketUnixDatagram();
    bindUnix(fd, path);
    const watch = nodeChannelLoop.watch(fd, path, (last) => {
      console.log('read', receive(fd, new Uint8Array(8)), last);
      watch.awaiting(false);
    });`;
  try {
    // Generous: only a process that would never end is ended.
    const options = { encoding: 'utf8', timeout: 60_000 } as const;
    return spawnSync(process.execPath, ['--input-type=module', '-e', `${prelude}\n${program}`], options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function url(module: string): string {
  return JSON.stringify(pathToFileURL(join(SOURCES, module)).href);
}

describe('nodeChannelLoop.watch()', () => {
  test('keeps the process alive until the answer came, and then lets it end with the watch still open', () => {
    expect(run('setTimeout(() => sendTo(fd, new Uint8Array(3), path), 50).unref();')).toMatchObject({
      status: 0,
      stdout: 'read 3 false\n',
    });
  });

  test('wakes again for a second answer after it had let go', () => {
    const program = `
      sendTo(fd, new Uint8Array(3), path);
      setTimeout(() => { watch.awaiting(true); sendTo(fd, new Uint8Array(4), path); }, 50);`;
    expect(run(program)).toMatchObject({ status: 0, stdout: 'read 3 false\nread 4 false\n' });
  });

  test('calls back no more once it is closed', () => {
    const program = 'sendTo(fd, new Uint8Array(3), path); watch.close(); setTimeout(() => console.log("end"), 50);';
    expect(run(program)).toMatchObject({ status: 0, stdout: 'end\n' });
  });
});
