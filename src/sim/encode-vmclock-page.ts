import { closeSync, openSync, writeSync } from 'node:fs';
import type { VmclockPage } from '../ioctl/vmclock-page.js';

const PAGE_BYTES = 4096;
const SEQ_OFFSET = 0x0c;
const PAYLOAD_OFFSET = 0x10;

/**
 * A page as a hypervisor would lay it out. Written without the decoder's table, so that a wrong offset in one of them
 * is noticed.
 *
 * @returns 112 bytes; 104 when the page says that it is shorter than 112
 * @throws RangeError when a value does not fit its field
 */
export function encodeVmclockPage(page: VmclockPage): Uint8Array {
  const bytes = new Uint8Array(112);
  const view = new DataView(bytes.buffer);
  bytes.set([0x56, 0x43, 0x4c, 0x4b]); // "VCLK"
  view.setUint32(4, unsigned(page.sizeBytes, 32), true);
  view.setUint16(8, unsigned(page.version, 16), true);
  view.setUint8(10, unsigned(page.counterId, 8));
  view.setUint8(11, unsigned(page.timeType, 8));
  view.setUint32(SEQ_OFFSET, unsigned(page.seqCount, 32), true);
  view.setUint8(34, unsigned(page.clockStatus, 8));
  view.setUint8(35, unsigned(page.leapSecondSmearingHint, 8));
  view.setInt16(36, unsigned(page.taiOffsetSec + 0x8000, 16) - 0x8000, true);
  view.setUint8(38, unsigned(page.leapIndicator, 8));
  view.setUint8(39, unsigned(page.counterPeriodShift, 8));
  view.setBigUint64(16, word(page.disruptionMarker), true);
  view.setBigUint64(24, word(page.flags), true);
  view.setBigUint64(40, word(page.counterValue), true);
  view.setBigUint64(48, word(page.counterPeriodFracSec), true);
  view.setBigUint64(56, word(page.counterPeriodEsterrorRateFracSec), true);
  view.setBigUint64(64, word(page.counterPeriodMaxerrorRateFracSec), true);
  view.setBigUint64(72, word(page.timeSec), true);
  view.setBigUint64(80, word(page.timeFracSec), true);
  view.setBigUint64(88, word(page.timeEsterrorNs), true);
  view.setBigUint64(96, word(page.timeMaxerrorNs), true);
  view.setBigUint64(104, word(page.vmGenerationCounter ?? 0n), true);
  return page.sizeBytes < 112 ? bytes.subarray(0, 104) : bytes;
}

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

function unsigned(value: number, bits: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits) {
    throw new RangeError(`${value} does not fit ${bits} bits of a vmclock page`);
  }
  return value;
}

function word(value: bigint): bigint {
  if (BigInt.asUintN(64, value) !== value) throw new RangeError(`${value} does not fit 64 bits of a vmclock page`);
  return value;
}
