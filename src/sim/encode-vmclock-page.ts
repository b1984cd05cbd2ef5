import type { VmclockPage } from '../ioctl/vmclock-page.js';

const SEQ_OFFSET = 0x0c;

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
