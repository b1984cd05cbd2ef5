import type { Socket } from 'node:net';
import { connectWhenReady, onLines } from './line-socket.js';

/** QEMU's qtest port beside a running guest: memory and interrupt lines, as the hypervisor's own hands. */
export class Qtest {
  readonly #socket: Socket;
  readonly #waiting: { resolve: (answer: string) => void; reject: (error: Error) => void; command: string }[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    onLines(socket, (line) => {
      // Interrupt messages come unasked.
      if (line.startsWith('IRQ ')) return;
      const first = this.#waiting.shift();
      if (first === undefined) return;
      if (line.startsWith('OK')) first.resolve(line.slice(3));
      else first.reject(new Error(`qtest: ${first.command.slice(0, 80)}: ${line}`));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const { reject, command } of this.#waiting.splice(0)) {
        reject(new Error(`QEMU ended during qtest ${command.slice(0, 80)}`));
      }
    });
  }

  static async connect(path: string): Promise<Qtest> {
    return new Qtest(await connectWhenReady(path));
  }

  async write(address: bigint, bytes: Buffer): Promise<void> {
    await this.#command(`write 0x${address.toString(16)} ${bytes.length} 0x${bytes.toString('hex')}`);
  }

  async read(address: bigint, length: number): Promise<Buffer> {
    const answer = await this.#command(`read 0x${address.toString(16)} ${length}`);
    return Buffer.from(answer.replace(/^0x/, ''), 'hex');
  }

  /** Sets an interrupt line of a controller. */
  async setInterrupt(controller: string, line: number, level: 0 | 1): Promise<void> {
    await this.#command(`set_irq_in ${controller} unnamed-gpio-in ${line} ${level}`);
  }

  close(): void {
    this.#socket.destroy();
  }

  #command(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error(`QEMU has ended; cannot ${command.slice(0, 80)}`));
      this.#waiting.push({ resolve, reject, command });
      this.#socket.write(`${command}\n`);
    });
  }
}
