import type { ioctl } from '../ioctl/libc.js';

const SIOCOUTQ = 0x5411;
const buffer = new Uint8Array(4);

/**
 * What a unix datagram socket has sent and its receiver has not read yet, in bytes as the kernel counts them: more than was
 * sent. 0 when all was read, or the receiver is gone with its queue. Source: unix(7), SIOCOUTQ.
 *
 * @param path the receiver's, for the message.
 * @throws SystemError
 */
export function unreadBytes(call: typeof ioctl, fd: number, path: string): number {
  call(fd, SIOCOUTQ, buffer, { name: 'SIOCOUTQ', path });
  return new DataView(buffer.buffer).getInt32(0, true);
}
