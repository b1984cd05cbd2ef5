import { constants, fstatSync, readSync } from 'node:fs';
import { type FdEvent, FdWatcher } from './fd-watcher.js';
import { close, mapReadOnly, open } from './libc.js';
import { SystemError } from './system-error.js';

/** The calls a VmclockDevice makes, so that tests can refuse some of them. */
export interface VmclockKernel {
  /** @throws SystemError */
  open(path: string): number;
  close(fd: number): void;
  /** Length of a regular file, bytes; undefined for a device. */
  fileBytes(fd: number): number | undefined;
  /**
   * pread(2) from position 0.
   *
   * @returns bytes read
   * @throws SystemError
   */
  pread(fd: number, into: Uint8Array, path: string): number;
  /** @throws SystemError */
  mapReadOnly(
    fd: number,
    lengthBytes: number,
    path: string,
  ): { readonly buffer: ArrayBuffer; readonly unmap: () => void };
  /**
   * Calls back at each event of the descriptor, level-triggered, until closed.
   *
   * @throws SystemError with code EPERM when the file behind it has no poll
   */
  watchFd(fd: number, path: string, onEvent: (event: FdEvent) => void): { close(): void };
  /** A monotonic clock, ns. */
  nowNs(): bigint;
}

/** The real calls. */
export const vmclockKernel: VmclockKernel = {
  // O_NONBLOCK: a FIFO at the path must be refused, not waited for.
  open: (path) => open(path, constants.O_RDONLY | constants.O_NONBLOCK),
  close,
  fileBytes(fd) {
    const stat = fstatSync(fd);
    return stat.isFile() ? stat.size : undefined;
  },
  pread(fd, into, path) {
    try {
      return readSync(fd, into, 0, into.length, 0);
    } catch (error) {
      throw asSystemError(error, 'pread', path);
    }
  },
  mapReadOnly,
  watchFd: (fd, path, onEvent) => new FdWatcher(fd, path, onEvent),
  nowNs: () => process.hrtime.bigint(),
};

/** node:fs throws errors with a negative errno; anything else is a defect and stays what it is. */
function asSystemError(error: unknown, syscall: string, path: string): unknown {
  if (typeof error !== 'object' || error === null || !('errno' in error)) return error;
  return typeof error.errno === 'number' ? new SystemError(syscall, Math.abs(error.errno), path) : error;
}
