import { decodeVmclockPage } from './vmclock-decode.js';
import { VMCLOCK_BYTES, VMCLOCK_BYTES_WITH_GENERATION, VMCLOCK_FIELDS } from './vmclock-layout.js';
import type { PageLook, VmclockPage } from './vmclock-page.js';

/** A page that stays odd is reported after this long, ns: some hundred times what a writer needs. */
export const VMCLOCK_DEADLINE_NS = 200_000n;

/** Ends a look where the clock does not move, as a simulated one may not. */
const MAX_ATTEMPTS = 10_000;

const SEQ_U32 = VMCLOCK_FIELDS.seq_count.offset / 4;
const MARKER_U64 = VMCLOCK_FIELDS.disruption_marker.offset / 8;
const GENERATION_U64 = VMCLOCK_FIELDS.vm_generation_counter.offset / 8;

type SettledLook = Extract<PageLook, { kind: 'settled' }>;

/**
 * Consistent looks at a vmclock page in memory that a hypervisor writes to at any moment.
 *
 * Every load is an Atomics.load: in ECMAScript's memory model these may be neither folded nor reordered, and on arm64
 * they become load-acquire. With plain loads the CPU could take a payload field after the second look at the
 * sequence count, and a torn page would pass. x86 keeps the order by itself; the compiler need not.
 *
 * Not for big-endian machines: no hypervisor that has vmclock runs on one.
 */
export class VmclockSeqlock {
  readonly #u32: Uint32Array<ArrayBuffer>;
  readonly #u64: BigUint64Array<ArrayBuffer>;
  readonly #copy: BigUint64Array<ArrayBuffer>;
  readonly #copyBytes: Uint8Array<ArrayBuffer>;
  readonly #path: string;
  readonly #nowNs: () => bigint;
  readonly #deadlineNs: bigint;
  #cached: SettledLook | undefined;

  /**
   * @param buffer begins with the page; ≥ 104 bytes, a multiple of 8
   * @param path named in errors
   * @param nowNs any monotonic clock, ns; only differences count
   * @param deadlineNs how long a look may go on retrying
   * @throws RangeError when the buffer is too small
   */
  constructor(
    buffer: ArrayBuffer,
    path: string,
    nowNs: () => bigint = process.hrtime.bigint,
    deadlineNs: bigint = VMCLOCK_DEADLINE_NS,
  ) {
    if (buffer.byteLength < VMCLOCK_BYTES) {
      throw new RangeError(`${path}: a mapping of ${buffer.byteLength} bytes can't hold a vmclock page`);
    }
    const length = Math.min(buffer.byteLength, VMCLOCK_BYTES_WITH_GENERATION);
    this.#u32 = new Uint32Array(buffer, 0, Math.floor(length / 4));
    this.#u64 = new BigUint64Array(buffer, 0, Math.floor(length / 8));
    this.#copy = new BigUint64Array(this.#u64.length);
    this.#copyBytes = new Uint8Array(this.#copy.buffer);
    this.#path = path;
    this.#nowNs = nowNs;
    this.#deadlineNs = deadlineNs;
  }

  /** Looks now. While nothing has changed the same object is returned, for the price of four loads. */
  look(): PageLook {
    const cached = this.#cached;
    return cached !== undefined && this.#isStill(cached.page) ? cached : this.snapshot();
  }

  /** Takes a whole new copy, whether or not the page has changed, and checks its constant fields. */
  snapshot(): PageLook {
    let giveUpNs: bigint | undefined;
    let seqCount = 0;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      seqCount = Atomics.load(this.#u32, SEQ_U32);
      if (seqCount % 2 === 0 && this.#copyIsOf(seqCount)) return this.#settle();
      const now = this.#nowNs();
      giveUpNs ??= now + this.#deadlineNs;
      if (now >= giveUpNs) break;
    }
    return { kind: 'unsettled', seqCount };
  }

  /**
   * Whether the page is still the one we know. A writer makes the count odd before it touches marker or generation,
   * so a new value of either can't be seen here together with the old count after it. They are compared all the same:
   * a hypervisor that forgets the count must not hide a disruption.
   */
  #isStill(page: VmclockPage): boolean {
    const generation = page.vmGenerationCounter;
    return (
      Atomics.load(this.#u32, SEQ_U32) === page.seqCount &&
      Atomics.load(this.#u64, MARKER_U64) === page.disruptionMarker &&
      (generation === undefined || Atomics.load(this.#u64, GENERATION_U64) === generation) &&
      Atomics.load(this.#u32, SEQ_U32) === page.seqCount
    );
  }

  /** Copies in whole 64-bit words, so that no field is torn even by a writer that forgets the count. */
  #copyIsOf(seqCount: number): boolean {
    const words = this.#u64;
    const copy = this.#copy;
    for (let i = 0; i < words.length; i++) copy[i] = Atomics.load(words, i);
    return Atomics.load(this.#u32, SEQ_U32) === seqCount;
  }

  #settle(): PageLook {
    this.#cached = undefined;
    const page = decodeVmclockPage(this.#copyBytes, this.#path);
    if (page instanceof Error) return { kind: 'unreadable', error: page };
    this.#cached = { kind: 'settled', page };
    return this.#cached;
  }
}
