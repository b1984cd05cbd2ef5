import { setTimeout as sleep } from 'node:timers/promises';
import { bindUnix, close, receive, socketUnixDatagram } from '../../src/ioctl/libc.js';

/** A datagram socket that collects text, as systemd's notification socket does. */
export class DatagramReceiver {
  readonly #fd: number;
  readonly #buffer = new Uint8Array(4096);
  text = '';

  constructor(path: string) {
    this.#fd = socketUnixDatagram();
    bindUnix(this.#fd, path);
  }

  /** Waits until it has come; there is no limit but the test's own. */
  async gets(what: string): Promise<void> {
    while (!this.text.includes(what)) {
      for (let n = receive(this.#fd, this.#buffer); n !== undefined; n = receive(this.#fd, this.#buffer)) {
        this.text += `${Buffer.from(this.#buffer.subarray(0, n)).toString()}\n`;
      }
      await sleep(10);
    }
  }

  close(): void {
    close(this.#fd);
  }
}
