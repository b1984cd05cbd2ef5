import type { FdEvent } from './fd-watcher.js';
import type { VmclockKernel } from './vmclock-kernel.js';
import { VMCLOCK_FIELDS } from './vmclock-layout.js';
import { VmclockFlag } from './vmclock-page.js';

/** Bytes up to and with the flags: enough to re-arm poll and to see whether there will be further notifications. */
const REARM_BYTES = VMCLOCK_FIELDS.flags.offset + 8;

/** Wakes without a new sequence count after which a descriptor is taken to be one that is always readable. */
const MAX_IDLE_WAKES = 8;

/**
 * Waits for the hypervisor's notifications on the device's descriptor, and gives up for good where waiting could turn
 * into spinning: hangup, an always-readable file, a page whose notification flag is gone.
 *
 * The driver (Linux ≥ 7.0) reports "readable" while the sequence count differs from the one at this descriptor's last
 * read(2); looking at the mapping does not count. So each wake is answered with a pread.
 */
export class VmclockWatch {
  readonly #fd: number;
  readonly #path: string;
  readonly #kernel: Pick<VmclockKernel, 'pread'>;
  readonly #onWake: () => void;
  readonly #bytes = Buffer.alloc(REARM_BYTES);
  readonly #watcher: { close(): void };
  #ended = '';
  #seqCount: number | undefined;
  #idleWakes = 0;

  /**
   * @param onWake called after each wake, and once more when the watch has ended by itself
   * @throws SystemError with code EPERM where the driver has no poll (Linux before 7.0, regular files)
   */
  constructor(fd: number, path: string, kernel: Pick<VmclockKernel, 'pread' | 'watchFd'>, onWake: () => void) {
    this.#fd = fd;
    this.#path = path;
    this.#kernel = kernel;
    this.#onWake = onWake;
    this.#watcher = kernel.watchFd(fd, path, (event) => this.#onEvent(event));
  }

  /** Why the watch has ended: a clause for people; "" while it goes on. */
  get ended(): string {
    return this.#ended;
  }

  /** Ends the watch; no callback follows. Further calls do nothing. */
  end(reason: string): void {
    if (this.#ended !== '') return;
    this.#ended = reason;
    this.#watcher.close();
  }

  #onEvent(event: FdEvent): void {
    if (this.#ended !== '') return;
    const fault = event === 'readable' ? this.#rearm() : `the driver answered poll with ${event}`;
    if (fault !== '') this.end(fault);
    this.#onWake();
  }

  /** @returns why there is no use in waiting on, or "" */
  #rearm(): string {
    try {
      const length = this.#kernel.pread(this.#fd, this.#bytes, this.#path);
      if (length < REARM_BYTES) return `a read gave ${length} bytes`;
    } catch (error) {
      // ETIMEDOUT, a page that stays odd, took 100 ms and left the descriptor readable: never again in a loop.
      return error instanceof Error ? error.message : String(error);
    }
    const seqCount = this.#bytes.readUInt32LE(VMCLOCK_FIELDS.seq_count.offset);
    const flags = this.#bytes.readBigUInt64LE(VMCLOCK_FIELDS.flags.offset);
    if ((flags & VmclockFlag.NOTIFICATION_PRESENT) === 0n) return NO_NOTIFICATIONS;
    this.#idleWakes = seqCount === this.#seqCount ? this.#idleWakes + 1 : 0;
    this.#seqCount = seqCount;
    return this.#idleWakes < MAX_IDLE_WAKES ? '' : 'the driver reports changes where there are none';
  }
}

/** The page's NOTIFICATION_PRESENT flag is not set. */
export const NO_NOTIFICATIONS = 'the hypervisor sends no notifications';
