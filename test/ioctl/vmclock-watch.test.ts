import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { FdWatcher } from '../../src/ioctl/fd-watcher.js';
import { VmclockDevice } from '../../src/ioctl/vmclock-device.js';
import { vmclockKernel } from '../../src/ioctl/vmclock-kernel.js';
import { VmclockFlag } from '../../src/ioctl/vmclock-page.js';
import { VmclockPageFile } from '../../src/sim/vmclock-page-file.js';
import { PLAIN_PAGE } from './vmclock-pages.js';
import { scratchDirectory } from './vmclock-scratch.js';

let scratch: ReturnType<typeof scratchDirectory>;
let file: VmclockPageFile;
let device: VmclockDevice;
let readEnd: number;
let writeEnd: number | undefined;
let stuck: boolean;
let watchReads: number;
const DRAIN = Buffer.alloc(64);

/**
 * A page file whose descriptor is watched through a pipe: a byte in the pipe is a notification, and a pread of the page
 * takes it out, as a read(2) re-arms the driver. While `stuck` it does not, as if every read met a new change.
 */
beforeEach(() => {
  scratch = scratchDirectory();
  stuck = false;
  watchReads = 0;
  const flags = PLAIN_PAGE.flags | VmclockFlag.NOTIFICATION_PRESENT;
  file = new VmclockPageFile(scratch.file('vmclock0'), { ...PLAIN_PAGE, flags });
  const fifo = scratch.file('notifications');
  execFileSync('mkfifo', [fifo]);
  readEnd = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  writeEnd = openSync(fifo, constants.O_WRONLY);
  device = VmclockDevice.open(file.path, {
    ...vmclockKernel,
    watchFd: (_fd, path, onEvent) => new FdWatcher(readEnd, path, onEvent),
    pread(fd, into, path) {
      watchReads++;
      if (device?.watching === 'poll' && !stuck) readSync(readEnd, DRAIN);
      return vmclockKernel.pread(fd, into, path);
    },
  });
});

afterEach(() => {
  device.close();
  file.close();
  closeSync(readEnd);
  hangUp();
  scratch.remove();
});

function hangUp(): void {
  if (writeEnd !== undefined) closeSync(writeEnd);
  writeEnd = undefined;
}

function notify(): void {
  if (writeEnd !== undefined) writeSync(writeEnd, 'x');
}

/** Starts watching; each call of the result waits for one more wake. */
function wakes(): () => Promise<void> {
  let pending = 0;
  let wake = () => {};
  device.watch(() => {
    pending++;
    wake();
  });
  return () =>
    new Promise((resolve) => {
      wake = () => {
        if (pending === 0) return;
        pending--;
        wake = () => {};
        resolve();
      };
      wake();
    });
}

test('VmclockDevice.watch() wakes once per notification, and the look then finds the change', async () => {
  const nextWake = wakes();
  expect(device.watching).toBe('poll');
  for (let marker = 100n; marker < 105n; marker++) {
    file.update({ disruptionMarker: marker });
    const before = watchReads;
    notify();
    await nextWake();
    expect(device.look()).toMatchObject({ page: { disruptionMarker: marker } });
    expect(watchReads).toBe(before + 1);
  }
  expect(device.watching).toBe('poll');
});

test('VmclockDevice.watch() falls back to looking when the other side hangs up', async () => {
  const nextWake = wakes();
  hangUp();
  await nextWake();
  expect(device.watching).toBe('look');
  expect(device.lookReason).toContain('hangup');
});

test('VmclockDevice.watch() gives up on a descriptor that stays readable instead of spinning', async () => {
  const nextWake = wakes();
  stuck = true;
  notify();
  // One wake that found a first sequence count, and eight that found no other.
  for (let i = 0; i < 9; i++) await nextWake();
  expect(device.watching).toBe('look');
  expect(device.lookReason).toContain('changes where there are none');
});
