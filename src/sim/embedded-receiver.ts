import { bindUnix, close, receive, socketUnixDatagram } from '../ioctl/libc.js';
import { decodeSample } from '../sock/decode-sample.js';
import type { RefclockSample } from '../sock/refclock-sample.js';

/** Takes samples where there is no chronyd: enough to see that they arrive, and what they say. */
export class EmbeddedReceiver {
  readonly #fd: number;
  readonly #buffer = new Uint8Array(64);
  received = 0;
  /** Datagrams that were no sample. */
  malformed = 0;
  last: RefclockSample | undefined;

  /** Binds a datagram socket at `path`. @throws SystemError */
  constructor(path: string) {
    this.#fd = socketUnixDatagram();
    try {
      bindUnix(this.#fd, path);
    } catch (error) {
      close(this.#fd);
      throw error;
    }
  }

  /** Reads everything that has arrived; never blocks. */
  drain(): void {
    for (let length = receive(this.#fd, this.#buffer); length !== undefined; length = receive(this.#fd, this.#buffer)) {
      const decoded = this.#decode(length);
      if (decoded === undefined) this.malformed += 1;
      else {
        this.received += 1;
        this.last = decoded;
      }
    }
  }

  close(): void {
    close(this.#fd);
  }

  #decode(length: number): RefclockSample | undefined {
    if (length > this.#buffer.length) return undefined;
    const decoded = decodeSample(this.#buffer.subarray(0, length));
    return 'error' in decoded ? undefined : decoded;
  }
}
