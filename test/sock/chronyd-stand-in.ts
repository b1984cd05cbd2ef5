import { bindUnix, close, receive, sendTo, socketUnixDatagram } from '../../src/ioctl/libc.js';
import type { ChannelLoop, ChannelWatch } from '../../src/sock/channel-loop.js';

/** A request as the stand-in sees it. */
export interface SeenRequest {
  readonly command: number;
  readonly attempt: number;
  readonly sequence: number;
  readonly bytes: Buffer;
}

/** Answers nothing by itself: a test takes the requests and sends what it likes. Speaks for chronyd on a real socket. */
export class ChronydStandIn {
  readonly path: string;
  readonly #fd: number;

  constructor(path: string) {
    this.path = path;
    this.#fd = socketUnixDatagram();
    bindUnix(this.#fd, path);
  }

  /** All requests that wait. Datagrams without a request's header (knocking at stale sockets) are left out. */
  take(): readonly SeenRequest[] {
    const seen: SeenRequest[] = [];
    const buffer = Buffer.alloc(1024);
    for (let length = receive(this.#fd, buffer); length !== undefined; length = receive(this.#fd, buffer)) {
      const bytes = Buffer.from(buffer.subarray(0, length));
      const [command, attempt] = [bytes.readUInt16BE(4), bytes.readUInt16BE(6)];
      seen.push({ command, attempt, sequence: bytes.readUInt32BE(8), bytes });
    }
    return seen;
  }

  send(bytes: Uint8Array, to: string): void {
    sendTo(this.#fd, bytes, to);
  }

  close(): void {
    close(this.#fd);
  }
}

/** A reply with the given header fields. */
export function reply(
  request: Pick<SeenRequest, 'command' | 'sequence'>,
  replyCode: number,
  data: Uint8Array = new Uint8Array(0),
  status = 0,
): Buffer {
  const header = Buffer.alloc(28);
  header.writeUInt8(6, 0);
  header.writeUInt8(2, 1);
  header.writeUInt16BE(request.command, 4);
  header.writeUInt16BE(replyCode, 6);
  header.writeUInt16BE(status, 8);
  header.writeUInt32BE(request.sequence, 16);
  return Buffer.concat([header, data]);
}

/** An event loop that turns when the test says so: timers fire on demand, sockets are read on demand. */
export class ManualLoop implements ChannelLoop {
  readonly #timers = new Set<{ readonly delayMs: number; readonly callback: () => void }>();
  readonly #watched = new Map<(last: boolean) => void, { awaiting: boolean }>();
  /** Watches begun so far. */
  watchesBegun = 0;

  get pendingTimersMs(): readonly number[] {
    return [...this.#timers].map((timer) => timer.delayMs);
  }

  /** Watches that are open. */
  get watches(): number {
    return this.#watched.size;
  }

  /** Watches that keep the process alive. */
  get awaiting(): number {
    return [...this.#watched.values()].filter((watch) => watch.awaiting).length;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  watch(_fd: number, _path: string, onReadable: (last: boolean) => void): ChannelWatch {
    const watch = { awaiting: true };
    this.#watched.set(onReadable, watch);
    this.watchesBegun += 1;
    return {
      awaiting: (answer) => {
        watch.awaiting = answer;
      },
      close: () => {
        this.#watched.delete(onReadable);
      },
    };
  }

  /** Lets every timer that is set now expire. */
  expire(): void {
    for (const timer of [...this.#timers]) {
      if (this.#timers.delete(timer)) timer.callback();
    }
  }

  /** Says that every watched socket is readable, or (`last`) that it has broken. */
  readable(last = false): void {
    for (const onReadable of [...this.#watched.keys()]) onReadable(last);
  }
}
