import { close, ioctl, sendTo, socketUnixDatagram } from '../ioctl/libc.js';
import { SystemError } from '../ioctl/system-error.js';
import { encodeSample, UnsendableSampleError } from './encode-sample.js';
import type { RefclockSample } from './refclock-sample.js';
import type { SendOutcome } from './send-outcome.js';
import { unreadBytes } from './unread-bytes.js';

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

  /** What was sent and chronyd has not read yet (see `unreadBytes`). @throws SystemError */
  pendingBytes(): number {
    return this.#fd === undefined ? 0 : unreadBytes(this.#calls.ioctl, this.#fd, this.path);
  }

  /** Gives the file descriptor back. A later send opens another. */
  close(): void {
    if (this.#fd === undefined) return;
    const fd = this.#fd;
    this.#fd = undefined;
    this.#calls.close(fd);
  }
}
