import type { VmclockPage } from '../../src/ioctl/vmclock-page.js';
import type { Qtest } from './qtest.js';
import { PERIOD_SHIFT, type TimeLine } from './time-line.js';

/** The page's fields except the sequence count, which belongs to the writer. */
export type PageFields = Omit<VmclockPage, 'seqCount'>;

/** A page as a hypervisor with good time would show it: TAI offset known, notification absent. */
export function pageFields(counterId: number, line: TimeLine, changes: Partial<PageFields> = {}): PageFields {
  return {
    sizeBytes: 0x1000,
    version: 1,
    counterId,
    timeType: 0,
    disruptionMarker: 1n,
    flags: 1n,
    clockStatus: 2,
    leapSecondSmearingHint: 0,
    taiOffsetSec: 37,
    leapIndicator: 0,
    counterPeriodShift: PERIOD_SHIFT,
    ...lineFields(line),
    counterPeriodEsterrorRateFracSec: 0n,
    counterPeriodMaxerrorRateFracSec: 0n,
    timeEsterrorNs: 0n,
    timeMaxerrorNs: 0n,
    vmGenerationCounter: 0n,
    ...changes,
  };
}

/** The fields that tell a line. */
export function lineFields(
  line: TimeLine,
): Pick<PageFields, 'counterValue' | 'counterPeriodFracSec' | 'timeSec' | 'timeFracSec'> {
  return {
    counterValue: line.counter,
    counterPeriodFracSec: line.period,
    timeSec: line.time64 >> 64n,
    timeFracSec: line.time64 & 0xffff_ffff_ffff_ffffn,
  };
}

/**
 * Lays the page out as the kernel's header has it. Written apart from the product's decoder on purpose: a common
 * mistake would hide itself.
 */
export function encodePage(fields: PageFields, seqCount: number): Buffer {
  const bytes = Buffer.alloc(0x70);
  bytes.write('VCLK', 0x00, 'latin1');
  bytes.writeUInt32LE(fields.sizeBytes, 0x04);
  bytes.writeUInt16LE(fields.version, 0x08);
  bytes.writeUInt8(fields.counterId, 0x0a);
  bytes.writeUInt8(fields.timeType, 0x0b);
  bytes.writeUInt32LE(seqCount >>> 0, SEQ_COUNT);
  bytes.writeBigUInt64LE(fields.disruptionMarker, 0x10);
  bytes.writeBigUInt64LE(fields.flags, 0x18);
  bytes.writeUInt8(fields.clockStatus, 0x22);
  bytes.writeUInt8(fields.leapSecondSmearingHint, 0x23);
  bytes.writeInt16LE(fields.taiOffsetSec, 0x24);
  bytes.writeUInt8(fields.leapIndicator, 0x26);
  bytes.writeUInt8(fields.counterPeriodShift, 0x27);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, fields.counterValue), 0x28);
  bytes.writeBigUInt64LE(fields.counterPeriodFracSec, 0x30);
  bytes.writeBigUInt64LE(fields.counterPeriodEsterrorRateFracSec, 0x38);
  bytes.writeBigUInt64LE(fields.counterPeriodMaxerrorRateFracSec, 0x40);
  bytes.writeBigUInt64LE(fields.timeSec, 0x48);
  bytes.writeBigUInt64LE(fields.timeFracSec, 0x50);
  bytes.writeBigUInt64LE(fields.timeEsterrorNs, 0x58);
  bytes.writeBigUInt64LE(fields.timeMaxerrorNs, 0x60);
  bytes.writeBigUInt64LE(fields.vmGenerationCounter ?? 0n, 0x68);
  return bytes;
}

const SEQ_COUNT = 0x0c;
const AFTER_SEQ_COUNT = 0x10;

/** Writes the guest's page through QEMU, with the sequence count as a hypervisor must: odd, fields, even. */
export class PageWriter {
  readonly #qtest: Qtest;
  readonly #address: bigint;
  #seqCount: number;

  constructor(qtest: Qtest, address: bigint, seqCount = 2) {
    this.#qtest = qtest;
    this.#address = address;
    this.#seqCount = seqCount;
  }

  /** What the page says of itself. */
  static async counts(qtest: Qtest, address: bigint): Promise<{ seqCount: number; disruptionMarker: bigint }> {
    const bytes = await qtest.read(address, 0x18);
    return { seqCount: bytes.readUInt32LE(SEQ_COUNT), disruptionMarker: bytes.readBigUInt64LE(0x10) };
  }

  get seqCount(): number {
    return this.#seqCount;
  }

  /** Writes the whole page, constant fields included. For a guest that has not started yet. */
  async initialise(fields: PageFields): Promise<void> {
    await this.#qtest.write(this.#address, encodePage(fields, this.#seqCount));
  }

  /**
   * Writes the changing fields between an odd and the next even sequence count. The three writes are sent without waiting
   * in between, so that the page is odd for microseconds, as it is with a hypervisor, and not for as long as we are slow.
   */
  async publish(fields: PageFields): Promise<void> {
    await Promise.all([this.beginUpdate(), this.writeFields(fields), this.endUpdate()]);
  }

  /** Leaves the page odd: a reader must wait, or give up. */
  async beginUpdate(): Promise<void> {
    this.#seqCount += 1;
    await this.#writeSeqCount();
  }

  /** Writes the fields behind the sequence count, which must be odd. */
  async writeFields(fields: PageFields): Promise<void> {
    const bytes = encodePage(fields, this.#seqCount).subarray(AFTER_SEQ_COUNT);
    await this.#qtest.write(this.#address + BigInt(AFTER_SEQ_COUNT), bytes);
  }

  async endUpdate(): Promise<void> {
    this.#seqCount += 1;
    await this.#writeSeqCount();
  }

  async #writeSeqCount(): Promise<void> {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(this.#seqCount >>> 0);
    await this.#qtest.write(this.#address + BigInt(SEQ_COUNT), bytes);
  }
}
