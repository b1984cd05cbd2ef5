import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connectWhenReady } from './line-socket.js';

export interface CommandResult {
  /** Standard output and standard error. */
  readonly stdout: string;
  readonly exitCode: number;
}

/** A root shell in the guest, on the other side of a virtio console. One command at a time. */
export class GuestShell {
  readonly #socket: Socket;
  #text = '';
  #changed: () => void = () => undefined;
  #closed = false;
  #count = 0;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      this.#text += chunk;
      this.#changed();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      this.#changed();
    });
  }

  static async connect(path: string): Promise<GuestShell> {
    return new GuestShell(await connectWhenReady(path));
  }

  /** Resolves when the guest's shell has come up. */
  async ready(timeoutMs: number): Promise<void> {
    await this.#until(/bench shell ready\r?\n/, timeoutMs, 'the guest to start its shell');
  }

  /** The raw line, for a person at a terminal. The driver must not use the shell afterwards. */
  get socket(): Socket {
    return this.#socket;
  }

  /**
   * Runs a command with sh.
   * @throws Error when the guest does not answer in time.
   */
  run(command: string, timeoutMs = 60_000): Promise<CommandResult> {
    const turn = this.#last.then(() => this.#run(command, timeoutMs));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Runs a command that must succeed and returns its output, trimmed. */
  async output(command: string, timeoutMs?: number): Promise<string> {
    const { stdout, exitCode } = await this.run(command, timeoutMs);
    if (exitCode !== 0)
      throw new Error(`in the guest: ${command}\nended with exit code ${exitCode}:\n${stdout.trim()}`);
    return stdout.trim();
  }

  /** Starts a program that outlives the command; its output goes to `log`. Returns its process id. */
  async start(command: string, log: string): Promise<number> {
    return Number(await this.output(`setsid sh -c 'exec "$@"' sh ${command} </dev/null >${log} 2>&1 & echo $!`));
  }

  /** Copies a host's file into the guest. */
  async upload(from: string, to: string): Promise<void> {
    await this.put(to, readFileSync(from));
  }

  /** Writes a file in the guest. */
  async put(to: string, content: string | Uint8Array): Promise<void> {
    const text = Buffer.from(content).toString('base64');
    await this.output(`: > ${to}`);
    for (let at = 0; at < text.length; at += 3000) {
      await this.output(`echo ${text.slice(at, at + 3000)} | base64 -d >> ${to}`);
    }
  }

  async #run(command: string, timeoutMs: number): Promise<CommandResult> {
    this.#count += 1;
    const mark = `bench-${this.#count}`;
    this.#text = '';
    // The marks are split in the command so that an echo could not be mistaken for them.
    this.#socket.write(
      `echo '<'${mark}'>'; ( ${command}\n) </dev/null 2>&1; code=$?; echo; echo '</'${mark}' '$code'>'\n`,
    );
    const end = new RegExp(`\\n</${mark} (\\d+)>\\r?\\n`);
    const text = await this.#until(end, timeoutMs, command);
    const start = text.indexOf(`<${mark}>`) + mark.length + 3;
    const match = end.exec(text);
    return { stdout: text.slice(start, match?.index ?? 0).replace(/\r/g, ''), exitCode: Number(match?.[1] ?? -1) };
  }

  #until(pattern: RegExp, timeoutMs: number, what: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#changed = () => undefined;
        reject(new Error(`no answer in ${timeoutMs} ms from the guest: ${what}\nit said: ${this.#text.slice(-500)}`));
      }, timeoutMs);
      this.#changed = () => {
        const found = pattern.test(this.#text);
        if (!found && !this.#closed) return;
        clearTimeout(timer);
        this.#changed = () => undefined;
        if (found) resolve(this.#text);
        else reject(new Error(`QEMU ended while the guest ran: ${what}`));
      };
      this.#changed();
    });
  }
}
