import { closeSync, openSync, writeSync } from 'node:fs';
import type { VmclockPage } from '../ioctl/vmclock-page.js';
import { encodeVmclockPage } from './encode-vmclock-page.js';

const PAGE_BYTES = 4096;
const SEQ_OFFSET = 0x0c;
const PAYLOAD_OFFSET = 0x10;

/**
 * A vmclock page in a regular file, written to as a hypervisor writes: sequence count odd, fields, sequence count
 * even. Each is one pwrite(2); the page cache is coherent with shared mappings, so readers see them in that order.
 */
export class VmclockPageFile {
  readonly path: string;
  readonly #fd: number;
  #page: VmclockPage;
  #closed = false;

  /**
   * Creates the file, one page long, or empties the one that is there. Nobody may have that one mapped: the file is
   * shorter than a page for a moment. It is left behind by close().
   *
   * @throws Error of node:fs; RangeError when `initial` does not fit
   */
  constructor(path: string, initial: VmclockPage) {
    const bytes = new Uint8Array(PAGE_BYTES);
    bytes.set(encodeVmclockPage(initial));
    this.path = path;
    this.#page = initial;
    this.#fd = openSync(path, 'w', 0o644);
    this.#write(bytes, 0);
  }

  /** The page as last written; `seqCount` is odd during an update. */
  get page(): VmclockPage {
    return this.#page;
  }

  /**
   * Changes `fields`, and the sequence count by 2.
   *
   * @param options.pauseWhileOdd called when the new fields are there and the sequence count is still odd
   */
  update(fields: Partial<Omit<VmclockPage, 'seqCount'>>, options: { readonly pauseWhileOdd?: () => void } = {}): void {
    this.beginUpdate(fields);
    options.pauseWhileOdd?.();
    this.endUpdate();
  }

  /**
   * Makes the sequence count odd, then writes `fields`.
   *
   * @throws Error when an update is under way
   */
  beginUpdate(fields: Partial<Omit<VmclockPage, 'seqCount'>> = {}): void {
    if (this.#page.seqCount % 2 !== 0) throw new Error(`${this.path}: an update is under way already`);
    this.#setSeqCount((this.#page.seqCount + 1) >>> 0);
    this.#setFields(fields);
  }

  /**
   * Writes `fields`, then makes the sequence count even.
   *
   * @throws Error when no update is under way
   */
  endUpdate(fields: Partial<Omit<VmclockPage, 'seqCount'>> = {}): void {
    if (this.#page.seqCount % 2 === 0) throw new Error(`${this.path}: no update is under way`);
    this.#setFields(fields);
    this.#setSeqCount((this.#page.seqCount + 1) >>> 0);
  }

  /** Closes the file and leaves it where it is. The second and later calls do nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#fd);
  }

  #setSeqCount(seqCount: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, seqCount, true);
    this.#write(bytes, SEQ_OFFSET);
    this.#page = { ...this.#page, seqCount };
  }

  #setFields(fields: Partial<Omit<VmclockPage, 'seqCount'>>): void {
    if (Object.keys(fields).length === 0) return;
    const page: VmclockPage = { ...this.#page, ...fields, seqCount: this.#page.seqCount };
    const bytes = encodeVmclockPage(page);
    // The constant fields are the hypervisor's to break, too.
    this.#write(bytes.subarray(0, SEQ_OFFSET), 0);
    this.#write(bytes.subarray(PAYLOAD_OFFSET), PAYLOAD_OFFSET);
    this.#page = page;
  }

  #write(bytes: Uint8Array, position: number): void {
    if (this.#closed) throw new Error(`${this.path}: closed`);
    const written = writeSync(this.#fd, bytes, 0, bytes.length, position);
    if (written !== bytes.length)
      throw new Error(`${this.path}: wrote ${written} of ${bytes.length} bytes at ${position}`);
  }
}
