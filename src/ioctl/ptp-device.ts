import { constants } from 'node:fs';
import { close, ioctl, open } from './libc.js';

/** An open PTP character device: the edge to the kernel, so that tests can stand in for it. */
export interface PtpDevice {
  /** Device path, such as /dev/ptp0. */
  readonly path: string;
  /**
   * One ioctl, answered in `buffer`.
   *
   * @throws SystemError
   */
  ioctl(request: number, buffer: Uint8Array, name: string): void;
  /** Further calls do nothing. */
  close(): void;
}

/**
 * Opens a PTP device for reading, which is all that its reading ioctls need.
 *
 * @throws SystemError
 */
export function openPtpDevice(path: string): PtpDevice {
  const fd = open(path, constants.O_RDONLY);
  let isOpen = true;
  return {
    path,
    ioctl: (request, buffer, name) => {
      // The number may be another file's by now.
      if (!isOpen) throw new Error(`ioctl ${name} on ${path}: the device has been closed`);
      ioctl(fd, request, buffer, { name, path });
    },
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      close(fd);
    },
  };
}
