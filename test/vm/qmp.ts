import type { Socket } from 'node:net';
import { connectWhenReady, onLines } from './line-socket.js';

type QmpMessage = Readonly<Record<string, unknown>>;

/** QEMU's machine protocol: start, stop, migrate, quit. */
export class Qmp {
  readonly #socket: Socket;
  readonly #waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void; command: string }[] = [];
  readonly #events: { name: string; resolve: () => void }[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    onLines(socket, (line) => this.#receive(JSON.parse(line)));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const { reject, command } of this.#waiting.splice(0)) reject(new Error(`QEMU ended during ${command}`));
    });
  }

  static async connect(path: string): Promise<Qmp> {
    const qmp = new Qmp(await connectWhenReady(path));
    await qmp.command('qmp_capabilities');
    return qmp;
  }

  /** @throws Error with QEMU's description when the command fails. */
  command(execute: string, argumentsObject: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error(`QEMU has ended; cannot ${execute}`));
      this.#waiting.push({ resolve, reject, command: execute });
      this.#socket.write(`${JSON.stringify({ execute, arguments: argumentsObject })}\n`);
    });
  }

  /** Resolves at the next event of this name. */
  event(name: string): Promise<void> {
    return new Promise((resolve) => this.#events.push({ name, resolve }));
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(message: QmpMessage): void {
    const event = message['event'];
    if (typeof event === 'string') {
      for (const waiting of this.#events.filter(({ name }) => name === event)) {
        this.#events.splice(this.#events.indexOf(waiting), 1);
        waiting.resolve();
      }
      return;
    }
    if ('QMP' in message) return;
    const first = this.#waiting.shift();
    if (first === undefined) return;
    if ('return' in message) first.resolve(message['return']);
    else first.reject(new Error(`QEMU refused ${first.command}: ${JSON.stringify(message['error'])}`));
  }
}
