import { SystemError } from './system-error.js';
import { decodeVmclockPage } from './vmclock-decode.js';
import type { VmclockKernel } from './vmclock-kernel.js';
import { VMCLOCK_BYTES, VMCLOCK_BYTES_WITH_GENERATION, VMCLOCK_FIELDS } from './vmclock-layout.js';
import type { PageLook } from './vmclock-page.js';
import { VMCLOCK_DEADLINE_NS } from './vmclock-seqlock.js';

const MAX_ATTEMPTS = 100;

type SettledLook = Extract<PageLook, { kind: 'settled' }>;

/** A page that stays odd costs the loop at most a tenth of its time. */
const REST_RATIO = 9n;

/**
 * Looks at a vmclock page by pread(2), for where it can't be mapped. Costs about a microsecond a look.
 *
 * The driver gives a consistent copy by itself. While the page stays odd its read spins in the kernel for up to
 * 100 ms and then answers ETIMEDOUT; nothing here can make that shorter. A regular file has no such lock, so it is
 * read twice: two equal copies with one even sequence count have no update between them.
 */
export class VmclockReader {
  readonly #fd: number;
  readonly #path: string;
  readonly #kernel: Pick<VmclockKernel, 'pread' | 'nowNs'>;
  readonly #twice: boolean;
  readonly #bytes = Buffer.alloc(VMCLOCK_BYTES_WITH_GENERATION);
  readonly #again = Buffer.alloc(VMCLOCK_BYTES_WITH_GENERATION);
  readonly #cachedBytes = Buffer.alloc(VMCLOCK_BYTES_WITH_GENERATION);
  #cached: SettledLook | undefined;
  #seqCount = 0;
  /** After the driver has waited in vain, no look before this: it blocks for 100 ms each time. */
  #restUntilNs = 0n;

  /** @param twice for a regular file */
  constructor(fd: number, path: string, kernel: Pick<VmclockKernel, 'pread' | 'nowNs'>, twice: boolean) {
    this.#fd = fd;
    this.#path = path;
    this.#kernel = kernel;
    this.#twice = twice;
  }

  /** Looks now. While nothing has changed the same object is returned. */
  look(): PageLook {
    const beganNs = this.#kernel.nowNs();
    if (beganNs < this.#restUntilNs) return { kind: 'unsettled', seqCount: this.#seqCount };
    try {
      return this.#read();
    } catch (error) {
      if (error instanceof SystemError && error.code === 'ETIMEDOUT') {
        const nowNs = this.#kernel.nowNs();
        this.#restUntilNs = nowNs + REST_RATIO * (nowNs - beganNs);
        return { kind: 'unsettled', seqCount: this.#seqCount };
      }
      this.#cached = undefined;
      return { kind: 'unreadable', error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  #read(): PageLook {
    let giveUpNs: bigint | undefined;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const length = this.#kernel.pread(this.#fd, this.#bytes, this.#path);
      // Too short to hold a sequence count: the decoder says so.
      if (length < VMCLOCK_BYTES) return this.#settle(length);
      this.#seqCount = this.#bytes.readUInt32LE(VMCLOCK_FIELDS.seq_count.offset);
      if (this.#seqCount % 2 === 0 && (!this.#twice || this.#isSameAgain(length))) return this.#settle(length);
      const now = this.#kernel.nowNs();
      giveUpNs ??= now + VMCLOCK_DEADLINE_NS;
      if (now >= giveUpNs) break;
    }
    return { kind: 'unsettled', seqCount: this.#seqCount };
  }

  #isSameAgain(length: number): boolean {
    const lengthAgain = this.#kernel.pread(this.#fd, this.#again, this.#path);
    return lengthAgain === length && this.#again.compare(this.#bytes, 0, length, 0, length) === 0;
  }

  #settle(length: number): PageLook {
    const bytes = this.#bytes.subarray(0, length);
    if (this.#cached !== undefined && bytes.equals(this.#cachedBytes.subarray(0, length))) return this.#cached;
    this.#cached = undefined;
    const page = decodeVmclockPage(bytes, this.#path);
    if (page instanceof Error) return { kind: 'unreadable', error: page };
    this.#cachedBytes.set(bytes);
    this.#cached = { kind: 'settled', page };
    return this.#cached;
  }
}
