import koffi from 'koffi';
import { close } from './libc.js';
import { checked, descriptor, libcFunction } from './libc-call.js';

const cEpollCreate = libcFunction<[number]>('int epoll_create1(int flags)');
const cEpollCtl = libcFunction<[number, number, number, Uint8Array]>(
  'int epoll_ctl(int epoll, int operation, int fd, void *event)',
);
const cEpollWait = libcFunction<[number, Uint8Array, number, number]>(
  'int epoll_wait(int epoll, void *events, int count, int timeout)',
);

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 0x001;
const EPOLLERR = 0x008;
const EPOLLHUP = 0x010;
/** The peer has stopped writing. Without it a half-closed stream would be readable (end of file) for ever. */
const EPOLLRDHUP = 0x2000;
const EPOLLONESHOT = 1 << 30;

/** 'readable': there is something to read. 'hangup' and 'error' are the last thing a watcher reports. */
export type FdEvent = 'readable' | 'hangup' | 'error';

/**
 * Calls back when a descriptor becomes readable, from the event loop, without a thread.
 *
 * koffi.node.poll alone would not do: on a descriptor that epoll refuses it aborts the process, on POLLHUP it calls back
 * without end, and an exception out of its callback surfaces in whatever runs next. So it watches an inner epoll
 * instance, which is always pollable; the descriptor sits in there, one-shot; and the callback runs as an immediate, in
 * the same turn of the loop.
 */
export class FdWatcher {
  readonly #fd: number;
  readonly #callback: (event: FdEvent) => void;
  readonly #epoll: number;
  readonly #poll: ReturnType<typeof koffi.node.poll>;
  /**
   * struct epoll_event: u32 events, then u64 data; 12 bytes on x86-64, 16 elsewhere. With one descriptor inside, data is
   * not needed, so the difference does not matter.
   */
  readonly #event = new Uint32Array(4);
  readonly #eventBytes = new Uint8Array(this.#event.buffer);
  #closed = false;

  /**
   * @param fd stays the caller's; to be closed after the watcher
   * @param path names the descriptor in errors
   * @param callback must read what there is: 'readable' comes again, once per turn of the loop, for as long as it has not
   * @throws SystemError EPERM when this kind of file cannot be watched (regular file, device without poll)
   */
  constructor(fd: number, path: string, callback: (event: FdEvent) => void) {
    this.#fd = descriptor(fd);
    this.#callback = callback;
    this.#epoll = checked(cEpollCreate(EPOLL_CLOEXEC), 'epoll_create1', path);
    try {
      this.#arm(EPOLL_CTL_ADD, path);
    } catch (error) {
      close(this.#epoll);
      throw error;
    }
    this.#poll = koffi.node.poll(this.#epoll, { readable: true }, () => {
      setImmediate(() => this.#wake());
    });
  }

  /** Lets the process end although the watcher is open. */
  unref(): this {
    if (!this.#closed) this.#poll.unref();
    return this;
  }

  /** Keeps the process alive while the watcher is open; so it is at first. */
  ref(): this {
    if (!this.#closed) this.#poll.ref();
    return this;
  }

  /** Ends the watching: no callback comes afterwards. May be called from within the callback, and again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#poll.close();
    close(this.#epoll);
  }

  #arm(operation: number, path: string): void {
    this.#event[0] = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT;
    checked(cEpollCtl(this.#epoll, operation, this.#fd, this.#eventBytes), 'epoll_ctl', path);
  }

  #wake(): void {
    if (this.#closed) return;
    if (checked(cEpollWait(this.#epoll, this.#eventBytes, 1, 0), 'epoll_wait', `fd ${this.#fd}`) === 0) return;
    const events = this.#event[0] ?? 0;
    // What was written before a hangup can still be read, so that is said first.
    if ((events & EPOLLIN) !== 0 && (events & EPOLLERR) === 0) this.#callback('readable');
    if (this.#closed) return;
    if ((events & EPOLLERR) !== 0) this.#callback('error');
    else if ((events & (EPOLLHUP | EPOLLRDHUP)) !== 0) this.#callback('hangup');
    else this.#arm(EPOLL_CTL_MOD, `fd ${this.#fd}`);
  }
}
