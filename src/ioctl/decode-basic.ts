import { PTP_SYS_OFFSET } from './ptp-abi.js';
import { PtpStamps } from './ptp-stamps.js';
import type { Reading } from './reading.js';

/**
 * Decodes the answer to PTP_SYS_OFFSET: 2n + 1 stamps, system and device in turn, so that the system stamp after one
 * reading is also the one before the next.
 *
 * @returns 1 … 25 readings in the order taken; no bracket is negative
 * @throws PtpAnswerError; a stamp that goes backwards refuses the batch as a whole
 */
export function decodeBasic(bytes: Uint8Array): Reading[] {
  const stamps = new PtpStamps(bytes, PTP_SYS_OFFSET);
  const count = stamps.count();
  const readings: Reading[] = [];
  let beforeNs = stamps.indexed(0);
  let lastDeviceNs: bigint | undefined;
  for (let index = 0; index < count; index++) {
    const deviceNs = stamps.indexed(2 * index + 1);
    const afterNs = stamps.indexed(2 * index + 2);
    stamps.requireOrder(beforeNs, afterNs, 'the system clock');
    if (lastDeviceNs !== undefined) stamps.requireOrder(lastDeviceNs, deviceNs, 'the device');
    readings.push({ beforeNs, deviceNs, afterNs });
    beforeNs = afterNs;
    lastDeviceNs = deviceNs;
  }
  return readings;
}
