import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PagePort } from '../../src/daemon/ports.js';
import type { FdEvent } from '../../src/ioctl/fd-watcher.js';
import { SystemError } from '../../src/ioctl/system-error.js';
import { VmclockDevice } from '../../src/ioctl/vmclock-device.js';
import { type VmclockKernel, vmclockKernel } from '../../src/ioctl/vmclock-kernel.js';
import { VmclockFlag, type VmclockPage } from '../../src/ioctl/vmclock-page.js';
import { VmclockPageFile } from '../../src/sim/vmclock-page-file.js';
import { PLAIN_PAGE, QEMU_PAGE } from './vmclock-pages.js';
import { scratchDirectory } from './vmclock-scratch.js';

const ENODEV = 19;
const EPERM = 1;
const ETIMEDOUT = 110;

const NOTIFYING: VmclockPage = { ...PLAIN_PAGE, flags: PLAIN_PAGE.flags | VmclockFlag.NOTIFICATION_PRESENT };

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;
const closers: (() => void)[] = [];

beforeEach(() => {
  scratch = scratchDirectory();
  path = scratch.file('vmclock0');
});

afterEach(() => {
  for (const close of closers.splice(0)) close();
  scratch.remove();
});

function pageFile(initial: VmclockPage = PLAIN_PAGE): VmclockPageFile {
  const file = new VmclockPageFile(path, initial);
  closers.push(() => file.close());
  return file;
}

function open(overrides: Partial<VmclockKernel> = {}): VmclockDevice {
  const device = VmclockDevice.open(path, { ...vmclockKernel, ...overrides });
  closers.push(() => device.close());
  return device satisfies PagePort;
}

function errorOf(attempt: () => unknown): Error {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('no error');
}

const unmappable: Partial<VmclockKernel> = {
  mapReadOnly(_fd, _length, at) {
    throw new SystemError('mmap', ENODEV, at);
  },
};

/** A kernel whose fd watcher fires when told to, and which counts the reads that re-arm it. */
function pollable() {
  const state = { watches: 0, open: 0, preads: 0, fire: (_event: FdEvent) => {} };
  const kernel: Partial<VmclockKernel> = {
    pread(fd, into, at) {
      state.preads++;
      return vmclockKernel.pread(fd, into, at);
    },
    watchFd(_fd, _path, onEvent) {
      state.watches++;
      state.open++;
      state.fire = onEvent;
      return {
        close() {
          state.open--;
        },
      };
    },
  };
  return { state, kernel };
}

describe.each([
  ['mapped', {}],
  ['read', unmappable],
])('VmclockDevice.look() in mode %s', (mode, overrides) => {
  test('follows the page, and returns the same object while it has not changed', () => {
    const file = pageFile();
    const device = open(overrides);
    expect(device.mode).toBe(mode);
    const first = device.look();
    expect(first).toEqual({ kind: 'settled', page: PLAIN_PAGE });
    expect(device.look()).toBe(first);
    file.update({ disruptionMarker: 99n });
    expect(device.look()).toMatchObject({ kind: 'settled', page: { disruptionMarker: 99n, seqCount: 12 } });
  });

  test('says unsettled while an update is under way, then gives the new page', () => {
    const file = pageFile();
    const device = open(overrides);
    file.beginUpdate({ disruptionMarker: 99n });
    expect(device.look()).toEqual({ kind: 'unsettled', seqCount: 11 });
    expect(device.look()).toEqual({ kind: 'unsettled', seqCount: 11 });
    file.endUpdate();
    expect(device.look()).toMatchObject({ kind: 'settled', page: { disruptionMarker: 99n } });
  });

  test('opens a page that is being updated', () => {
    const file = pageFile();
    file.beginUpdate();
    const device = open(overrides);
    expect(device.look().kind).toBe('unsettled');
  });

  test('says unreadable when the page stops being one', () => {
    const file = pageFile();
    const device = open(overrides);
    device.look();
    file.update({ version: 3 });
    const look = device.look();
    expect(look.kind === 'unreadable' && look.error.message).toBe(
      `${path}: vmclock page version 3 is not known, only 1`,
    );
    file.update({ version: 1 });
    expect(device.look().kind).toBe('settled');
  });

  test('says unreadable after close(), which may be called twice', () => {
    pageFile();
    const device = open(overrides);
    device.look();
    device.close();
    device.close();
    const look = device.look();
    expect(look.kind === 'unreadable' && look.error.message).toBe(`${path}: closed`);
  });
});

describe('VmclockDevice in mode read', () => {
  test('says why the page could not be mapped', () => {
    pageFile();
    expect(open(unmappable).mapRefusal).toContain('mmap on');
    expect(open(unmappable).mapRefusal).toContain('ENODEV');
    expect(open().mapRefusal).toBe('');
  });

  test('reads a regular file twice, so that an update between two bytes of one read is noticed', () => {
    const file = pageFile();
    let reads = 0;
    const device = open({
      ...unmappable,
      pread(fd, into, at) {
        const length = vmclockKernel.pread(fd, into, at);
        // The file changes after the first read of the look, which was the second of all.
        if (++reads === 2) file.update({ disruptionMarker: 99n });
        return length;
      },
    });
    expect(device.look()).toMatchObject({ kind: 'settled', page: { disruptionMarker: 99n } });
    expect(reads).toBe(5);
  });

  test('reads a device once a look: the driver keeps its copy consistent', () => {
    pageFile();
    let reads = 0;
    const device = open({
      ...unmappable,
      fileBytes: () => undefined,
      pread(fd, into, at) {
        reads++;
        return vmclockKernel.pread(fd, into, at);
      },
    });
    device.look();
    device.look();
    expect(reads).toBe(3);
  });

  test('takes ETIMEDOUT for unsettled, also when opening, and other errors for unreadable', () => {
    pageFile();
    let errno = ETIMEDOUT;
    let nowNs = 0n;
    let reads = 0;
    const device = open({
      ...unmappable,
      nowNs: () => nowNs,
      pread(fd, into, at) {
        reads++;
        // The driver waits for 100 ms before it gives up.
        if (errno === ETIMEDOUT) nowNs += 100_000_000n;
        if (errno !== 0) throw new SystemError('pread', errno, at);
        return vmclockKernel.pread(fd, into, at);
      },
    });
    expect(device.look().kind).toBe('unsettled');
    // It blocked the loop; so it is left alone for a while.
    const readsSoFar = reads;
    nowNs += 899_000_000n;
    expect(device.look().kind).toBe('unsettled');
    expect(reads).toBe(readsSoFar);
    nowNs += 1_000_000n;
    errno = ENODEV;
    const look = device.look();
    expect(look.kind === 'unreadable' && look.error.message).toContain('pread on');
    errno = 0;
    expect(device.look().kind).toBe('settled');
  });
});

describe('VmclockDevice.open()', () => {
  test('maps one page and no more', () => {
    pageFile();
    let mapped = 0;
    open({
      mapReadOnly(fd, length, at) {
        mapped = length;
        return vmclockKernel.mapReadOnly(fd, length, at);
      },
    });
    expect(mapped).toBe(4096);
  });

  test('says what to do where there is no device', () => {
    const error = errorOf(() => VmclockDevice.open(scratch.file('none')));
    expect(error.message).toContain('ENOENT');
    expect(error.message).toContain('modprobe ptp_vmclock');
  });

  test('says what to do, and what not, where the mode forbids it', () => {
    const denied = {
      open: () => {
        throw new SystemError('open', 13, path);
      },
    };
    const error = errorOf(() => open(denied));
    expect(error.message).toContain('do not chmod a+r: CVE-2026-80724');
    expect(error.message).toContain('let the udev rule give the group');
  });

  test('refuses a file that is no vmclock page', () => {
    writeFileSync(path, Buffer.alloc(4096, 'x'));
    expect(errorOf(() => open()).message).toBe(`${path}: magic 0x78787878 is not VCLK: this is not a vmclock page`);
    expect(errorOf(() => VmclockDevice.open('/dev/zero')).message).toContain('/dev/zero: magic 0x00000000 is not VCLK');
    expect(errorOf(() => VmclockDevice.open('/dev/null')).message).toContain('0 bytes are too few');
  });

  test('refuses a regular file shorter than a page, which would crash the process', () => {
    writeFileSync(path, QEMU_PAGE.subarray(0, 4095));
    expect(errorOf(() => open()).message).toContain('a regular file of 4095 bytes');
  });

  test('refuses a directory and a FIFO instead of waiting for them', () => {
    expect(errorOf(() => VmclockDevice.open(scratch.path)).message).toContain('EISDIR');
    execFileSync('mkfifo', [path]);
    expect(errorOf(() => open()).message).toContain('ESPIPE');
  });

  test('leaves no descriptor open when it refuses', () => {
    writeFileSync(path, Buffer.alloc(4096));
    let opened = 0;
    const counting: Partial<VmclockKernel> = {
      open(at) {
        opened++;
        return vmclockKernel.open(at);
      },
      close(fd) {
        opened--;
        vmclockKernel.close(fd);
      },
    };
    errorOf(() => open(counting));
    expect(opened).toBe(0);
  });
});

describe('VmclockDevice.watch()', () => {
  test('polls where the hypervisor notifies, and re-arms the driver by a read before each onWake', () => {
    pageFile(NOTIFYING);
    const { state, kernel } = pollable();
    const device = open(kernel);
    const readsAtWake: number[] = [];
    device.watch(() => readsAtWake.push(state.preads));
    expect(device.watching).toBe('poll');
    expect(device.lookReason).toBe('');
    const before = state.preads;
    state.fire('readable');
    state.fire('readable');
    expect(readsAtWake).toEqual([before + 1, before + 2]);
    expect(device.watching).toBe('poll');
  });

  test('looks where the hypervisor does not notify', () => {
    pageFile();
    const { state, kernel } = pollable();
    const device = open(kernel);
    device.watch(() => {});
    expect([device.watching, state.watches]).toEqual(['look', 0]);
    expect(device.lookReason).toBe('the hypervisor sends no notifications');
  });

  test('looks where the driver has no poll (EPERM)', () => {
    pageFile(NOTIFYING);
    const device = open({
      watchFd(_fd, at) {
        throw new SystemError('epoll_ctl', EPERM, at);
      },
    });
    device.watch(() => {});
    expect(device.watching).toBe('look');
    expect(device.lookReason).toContain('no poll');
  });

  test('looks where the file is a regular one: the real watcher refuses it', () => {
    pageFile(NOTIFYING);
    const device = open();
    device.watch(() => {});
    expect(device.watching).toBe('look');
    expect(device.lookReason).toContain('no poll');
  });

  test.each(['hangup', 'error'] as const)('closes the watcher at a %s, wakes once more, and looks', (event) => {
    pageFile(NOTIFYING);
    const { state, kernel } = pollable();
    const device = open(kernel);
    let wakes = 0;
    device.watch(() => wakes++);
    state.fire(event);
    state.fire(event);
    expect([device.watching, state.open, wakes]).toEqual(['look', 0, 1]);
    expect(device.lookReason).toContain(event);
  });

  test('closes the watcher when a look finds the flag gone, and polls again by rewatch() when it is back', () => {
    const file = pageFile(NOTIFYING);
    const { state, kernel } = pollable();
    const device = open(kernel);
    device.watch(() => {});
    file.update({ flags: PLAIN_PAGE.flags });
    device.look();
    expect([device.watching, state.open]).toEqual(['look', 0]);
    device.rewatch();
    expect([device.watching, state.watches]).toEqual(['look', 1]);
    file.update({ flags: NOTIFYING.flags });
    device.rewatch();
    device.rewatch();
    expect([device.watching, state.watches, state.open]).toEqual(['poll', 2, 1]);
  });

  test('closes the watcher when a wake finds the flag gone', () => {
    const file = pageFile(NOTIFYING);
    const { state, kernel } = pollable();
    const device = open(kernel);
    let wakes = 0;
    device.watch(() => wakes++);
    file.update({ flags: PLAIN_PAGE.flags });
    state.fire('readable');
    expect([device.watching, state.open, wakes]).toEqual(['look', 0, 1]);
  });

  test('gives up on a descriptor that is always readable, but not on a page that changes often', () => {
    const file = pageFile(NOTIFYING);
    const { state, kernel } = pollable();
    const device = open(kernel);
    let wakes = 0;
    device.watch(() => wakes++);
    for (let i = 0; i < 50; i++) {
      file.update({ timeSec: BigInt(i) });
      state.fire('readable');
    }
    expect([device.watching, wakes]).toEqual(['poll', 50]);
    for (let i = 0; i < 50; i++) state.fire('readable');
    expect([device.watching, state.open]).toEqual(['look', 0]);
    expect(wakes).toBe(58);
    expect(device.lookReason).toContain('changes where there are none');
  });

  test('does not wait on where the re-arming read times out: the descriptor would stay readable', () => {
    pageFile(NOTIFYING);
    const { state, kernel } = pollable();
    let odd = false;
    const device = open({
      ...kernel,
      pread(fd, into, at) {
        if (odd) throw new SystemError('pread', ETIMEDOUT, at);
        return vmclockKernel.pread(fd, into, at);
      },
    });
    device.watch(() => {});
    odd = true;
    state.fire('readable');
    expect([device.watching, state.open]).toEqual(['look', 0]);
    expect(device.lookReason).toContain('ETIMEDOUT');
  });

  test('wakes nobody after close()', () => {
    pageFile(NOTIFYING);
    const { state, kernel } = pollable();
    const device = open(kernel);
    let wakes = 0;
    device.watch(() => wakes++);
    device.close();
    state.fire('readable');
    device.rewatch();
    expect([device.watching, state.open, wakes]).toEqual(['look', 0, 0]);
  });
});
