import { PTP_SYS_OFFSET_EXTENDED } from './ptp-abi.js';
import { PtpStamps } from './ptp-stamps.js';
import type { Reading } from './reading.js';

/**
 * Decodes the answer to PTP_SYS_OFFSET_EXTENDED: triples of system, device, system.
 *
 * @returns 1 … 25 readings in the order taken; no bracket is negative
 * @throws PtpAnswerError; a stamp that goes backwards refuses the batch as a whole
 */
export function decodeExtended(bytes: Uint8Array): Reading[] {
  const stamps = new PtpStamps(bytes, PTP_SYS_OFFSET_EXTENDED);
  const count = stamps.count();
  const readings: Reading[] = [];
  let previous: Reading | undefined;
  for (let index = 0; index < count; index++) {
    const reading = {
      beforeNs: stamps.indexed(3 * index),
      deviceNs: stamps.indexed(3 * index + 1),
      afterNs: stamps.indexed(3 * index + 2),
    };
    stamps.requireOrder(reading.beforeNs, reading.afterNs, 'the system clock');
    if (previous !== undefined) {
      stamps.requireOrder(previous.afterNs, reading.beforeNs, 'the system clock');
      stamps.requireOrder(previous.deviceNs, reading.deviceNs, 'the device');
    }
    readings.push(reading);
    previous = reading;
  }
  return readings;
}
