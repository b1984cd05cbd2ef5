import { checked, descriptor, errno, integer, libcFunction, octets, pathname } from './libc-call.js';
import { SystemError } from './system-error.js';

const cSocket = libcFunction<[number, number, number]>('int socket(int domain, int type, int protocol)');
const cBind = libcFunction<[number, Uint8Array, number]>('int bind(int fd, const void *address, uint32_t length)');
const cSendto = libcFunction<[number, Uint8Array, number, number, Uint8Array, number]>(
  'intptr_t sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint32_t addressLength)',
);
const cRecv = libcFunction<[number, Uint8Array, number, number]>(
  'intptr_t recv(int fd, void *into, size_t length, int flags)',
);

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const EAGAIN = 11;
const ENAMETOOLONG = 36;
/** sun_path has 108 bytes, and a path needs its NUL. */
const LONGEST_PATH = 107;

/** An unbound AF_UNIX datagram socket, non-blocking and closed on exec. @throws SystemError */
export function socketUnixDatagram(): number {
  const result = cSocket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return checked(result, 'socket', 'AF_UNIX datagram');
}

/**
 * bind(2) to a path, or to the abstract name behind a leading '@'.
 *
 * @throws SystemError such as EADDRINUSE when the path exists; ENAMETOOLONG beyond 107 bytes
 */
export function bindUnix(fd: number, path: string): void {
  const address = unixAddress('bind', path);
  checked(cBind(descriptor(fd), address, address.byteLength), 'bind', path);
}

/**
 * Sends one datagram to `path` ('@' leads an abstract name), never waiting. The socket stays unconnected: a connected
 * one is of no more use once the receiver has restarted.
 *
 * @throws SystemError ENOENT, ECONNREFUSED (nobody reads there), EAGAIN (its queue is full), EACCES, EPROTOTYPE, …;
 * ENAMETOOLONG beyond 107 bytes
 */
export function sendTo(fd: number, bytes: Uint8Array, path: string): void {
  const address = unixAddress('sendto', path);
  const result = cSendto(
    descriptor(fd),
    octets(bytes, 'datagram'),
    bytes.byteLength,
    MSG_DONTWAIT | MSG_NOSIGNAL,
    address,
    address.byteLength,
  );
  checked(result, 'sendto', path);
}

/**
 * Takes one datagram, never waiting.
 *
 * @returns its full length, which is more than `into.byteLength` when it did not fit (the rest is lost);
 * undefined when there is none
 * @throws SystemError
 */
export function receive(fd: number, into: Uint8Array): number | undefined {
  const result = cRecv(descriptor(fd), octets(into, 'buffer'), into.byteLength, MSG_DONTWAIT | MSG_TRUNC);
  if (result === -1) {
    const code = errno();
    if (code === EAGAIN) return undefined;
    throw new SystemError('recv', code, `fd ${fd}`);
  }
  return integer(Number(result), 0, Number.MAX_SAFE_INTEGER, 'length of a datagram');
}

/** struct sockaddr_un, cut to the length the kernel shall see. */
function unixAddress(syscall: string, path: string): Uint8Array {
  const name = Buffer.from(pathname(path), 'utf8');
  if (name.byteLength > LONGEST_PATH) {
    const remedy = `A unix socket's path has at most ${LONGEST_PATH} bytes, this one has ${name.byteLength}: choose a shorter one.`;
    throw new SystemError(syscall, ENAMETOOLONG, path, remedy);
  }
  const abstract = path.startsWith('@');
  // An abstract name's length is exact; a NUL behind it would be part of the name.
  const address = new Uint8Array(2 + name.byteLength + (abstract ? 0 : 1));
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, 2);
  if (abstract) address[2] = 0;
  return address;
}
