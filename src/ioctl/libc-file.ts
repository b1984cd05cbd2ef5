import { constants } from 'node:fs';
import { checked, descriptor, integer, libcFunction, octets, pathname } from './libc-call.js';

const cOpen = libcFunction<[string, number, number]>('int open(const char *path, int flags, int mode)');
const cClose = libcFunction<[number]>('int close(int fd)');
const cIoctl = libcFunction<[number, number, Uint8Array]>('int ioctl(int fd, ulong request, void *argument)');
const cPoll = libcFunction<[Uint8Array, number, number]>('int poll(void *fds, ulong count, int timeout)');

/** From fcntl.h; node's constants lack it. The same on every 64-bit Linux that koffi runs on. */
const O_CLOEXEC = 0o2000000;

/** Events of pollNow(). */
export const POLLIN = 0x01;
export const POLLERR = 0x08;
export const POLLHUP = 0x10;
export const POLLNVAL = 0x20;

/**
 * open(2), always with O_CLOEXEC.
 *
 * @param flags O_… of node's fs.constants; a file made with O_CREAT gets mode 0600
 * @returns the descriptor, to be closed with close()
 * @throws SystemError
 */
export function open(path: string, flags: number = constants.O_RDONLY): number {
  const result = cOpen(pathname(path), integer(flags, 0, 0x7fffffff, 'open flags') | O_CLOEXEC, 0o600);
  return checked(result, 'open', path);
}

/**
 * close(2).
 *
 * @throws SystemError such as EBADF: a descriptor closed twice may by then be somebody else's
 */
export function close(fd: number): void {
  checked(cClose(descriptor(fd)), 'close', `fd ${fd}`);
}

/**
 * ioctl(2) with a structure as its argument. The buffer is in and out, whatever the request's direction bits
 * say: PTP_SYS_OFFSET is declared "write" and yet is answered in place.
 *
 * @param request as in the header, 0 … 2^32 − 1
 * @param buffer at least the size coded in the request; requests without one (FIONREAD) are the caller's care
 * @param what names the request and the device in the error
 * @returns the call's result, ≥ 0
 * @throws SystemError; RangeError when the kernel would write beyond the buffer
 */
export function ioctl(
  fd: number,
  request: number,
  buffer: Uint8Array,
  what: { readonly name: string; readonly path: string },
): number {
  integer(request, 0, 0xffffffff, 'ioctl request');
  const needed = (request >>> 16) & 0x3fff;
  if (octets(buffer, 'ioctl argument').byteLength < needed) {
    throw new RangeError(`ioctl ${what.name} needs ${needed} bytes, not ${buffer.byteLength}`);
  }
  const result = cIoctl(descriptor(fd), request, buffer);
  return result === 0 ? 0 : checked(result, `ioctl ${what.name}`, what.path);
}

const pollFd = new DataView(new ArrayBuffer(8));
const pollFdBytes = new Uint8Array(pollFd.buffer);

/**
 * poll(2) of one descriptor with timeout 0: what is the case now.
 *
 * @param events POLLIN and the like; POLLERR, POLLHUP and POLLNVAL are always reported
 * @returns revents, 0 when nothing is the case
 * @throws SystemError
 */
export function pollNow(fd: number, events: number): number {
  pollFd.setInt32(0, descriptor(fd), true);
  pollFd.setInt16(4, integer(events, 0, 0x7fff, 'poll events'), true);
  pollFd.setInt16(6, 0, true);
  checked(cPoll(pollFdBytes, 1, 0), 'poll', `fd ${fd}`);
  return pollFd.getUint16(6, true);
}
