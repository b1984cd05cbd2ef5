import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bindUnix, close, ioctl, receive, sendTo, socketUnixDatagram } from '../ioctl/libc.js';
import { errnoOf } from './errno-of.js';
import { removeStaleSockets, replySocketName } from './stale-sockets.js';
import { unreadBytes } from './unread-bytes.js';

/** The longest reply of the protocol has fewer bytes. */
const RECEIVE_BYTES = 1024;
/** chronyd has left root behind and writes as its own user. */
const MODE = 0o666;

/** Every path bound by this process: two clients must not share one, and none may be left behind at exit. */
const boundHere = new Set<string>();

function unlinkAll(): void {
  for (const path of boundHere) unlinkQuietly(path);
}

function unlinkQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already: chronyd's directory was made anew. Nothing is left behind.
  }
}

/**
 * The datagram socket on which chronyd's replies arrive. chronyd answers only to a path, so the socket is bound
 * beside the command socket, flat in that directory: the one place chronyd's AppArmor profiles allow everywhere.
 */
export class ReplySocket {
  readonly fd: number;
  /** Where it is bound. */
  readonly path: string;
  readonly #inode: bigint;
  readonly #buffer = new Uint8Array(RECEIVE_BYTES);

  /**
   * @param commandPath chronyd's command socket.
   * @throws SystemError, or a Node error with `code`, where it cannot be bound; nothing is left behind.
   */
  constructor(commandPath: string) {
    const directory = dirname(commandPath);
    this.fd = socketUnixDatagram();
    let path = '';
    try {
      removeStaleSockets(directory, this.fd);
      path = freePath(directory);
      bindReplacing(this.fd, path);
      if (boundHere.size === 0) process.once('exit', unlinkAll);
      boundHere.add(path);
      chmodSync(path, MODE);
      this.#inode = lstatSync(path, { bigint: true }).ino;
      this.path = path;
    } catch (error) {
      this.#release(path);
      throw error;
    }
  }

  /** False when the path is gone or another's: chronyd's directory was made anew and no reply can arrive. */
  get reachable(): boolean {
    return lstatSync(this.path, { bigint: true, throwIfNoEntry: false })?.ino === this.#inode;
  }

  /** @throws SystemError */
  send(bytes: Uint8Array, commandPath: string): void {
    sendTo(this.fd, bytes, commandPath);
  }

  /**
   * One datagram, or undefined when there is none. The bytes are overwritten by the next call; a datagram that
   * is too long to be a reply comes back as its length only.
   *
   * @throws SystemError
   */
  receive(): Uint8Array | { readonly tooLong: number } | undefined {
    const length = receive(this.fd, this.#buffer);
    if (length === undefined) return undefined;
    return length > RECEIVE_BYTES ? { tooLong: length } : this.#buffer.subarray(0, length);
  }

  /** What was sent and chronyd has not read yet (see `unreadBytes`). @throws SystemError */
  pendingBytes(commandPath: string): number {
    return unreadBytes(ioctl, this.fd, commandPath);
  }

  close(): void {
    this.#release(this.path);
  }

  #release(path: string): void {
    if (boundHere.delete(path)) {
      unlinkQuietly(path);
      if (boundHere.size === 0) process.removeListener('exit', unlinkAll);
    }
    close(this.fd);
  }
}

function freePath(directory: string): string {
  let number = 0;
  while (boundHere.has(join(directory, replySocketName(process.pid, number)))) number += 1;
  return join(directory, replySocketName(process.pid, number));
}

/** Binds; what is in the way has our PID and is not ours, so an earlier process of that PID has left it behind. */
function bindReplacing(fd: number, path: string): void {
  try {
    bindUnix(fd, path);
  } catch (error) {
    if (errnoOf(error) !== 'EADDRINUSE') throw error;
    unlinkSync(path);
    bindUnix(fd, path);
  }
}
