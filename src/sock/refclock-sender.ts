import { close, ioctl, sendTo, socketUnixDatagram } from '../ioctl/libc.js';
import { SystemError } from '../ioctl/system-error.js';
import { encodeSample, UnsendableSampleError } from './encode-sample.js';
import type { RefclockSample } from './refclock-sample.js';
import type { SendOutcome } from './send-outcome.js';

const SIOCOUTQ = 0x5411;

/** The system calls a sender makes; replaced in tests of errors that root never sees. */
export interface SenderCalls {
  socketUnixDatagram(): number;
  sendTo(fd: number, bytes: Uint8Array, path: string): void;
  close(fd: number): void;
  ioctl(fd: number, request: number, buffer: Uint8Array, what: { name: string; path: string }): number;
}

/**
 * Sends samples to chronyd's `refclock SOCK`, one datagram each, without ever waiting.
 *
 * The socket is not connected: each send names the path, so a chronyd that was restarted (and made a new
 * socket) gets the next sample without further ado. A sample that cannot be delivered now is dropped: delivered
 * later it would be wrong.
 *
 * @example
 * const sender = new RefclockSender('/run/chrony.vmclockd.sock');
 * sender.send({ realtimeNs: 1763690000000000000n, offsetNs: 250, leap: 0 }); // { kind: 'sent' }
 */
export class RefclockSender {
  /** The path of chrony's `refclock SOCK` line; a leading '@' names an abstract socket. */
  readonly path: string;
  readonly #calls: SenderCalls;
  readonly #pending = new Uint8Array(4);
  #fd: number | undefined;

  constructor(path: string, calls: SenderCalls = { socketUnixDatagram, sendTo, close, ioctl }) {
    this.path = path;
    this.#calls = calls;
  }

  /**
   * Sends one sample, or drops it and says why. See `sendRemedy` for what each code asks people to do.
   *
   * @returns 'dropped' with ERANGE for a sample that chronyd could not use, with the errno name for whatever the
   *   kernel refused.
   */
  send(sample: RefclockSample): SendOutcome {
    try {
      const bytes = encodeSample(sample);
      this.#fd ??= this.#calls.socketUnixDatagram();
      this.#calls.sendTo(this.#fd, bytes, this.path);
      return { kind: 'sent' };
    } catch (error) {
      if (error instanceof UnsendableSampleError) return { kind: 'dropped', code: 'ERANGE' };
      if (error instanceof SystemError) return { kind: 'dropped', code: error.code };
      throw error;
    }
  }

  /**
   * Bytes that were sent and are still in the receiver's queue: what chronyd has not read yet. 0 when it has read all,
   * or is gone with its queue. Source: unix(7), SIOCOUTQ.
   */
  pendingBytes(): number {
    if (this.#fd === undefined) return 0;
    this.#calls.ioctl(this.#fd, SIOCOUTQ, this.#pending, { name: 'SIOCOUTQ', path: this.path });
    return new DataView(this.#pending.buffer).getInt32(0, true);
  }

  /** Gives the file descriptor back. A later send opens another. */
  close(): void {
    if (this.#fd === undefined) return;
    const fd = this.#fd;
    this.#fd = undefined;
    this.#calls.close(fd);
  }
}
