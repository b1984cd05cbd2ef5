import { PTP_MAX_SAMPLES } from './ptp-abi.js';

/**
 * Writes the request of PTP_SYS_OFFSET or PTP_SYS_OFFSET_EXTENDED into a structure that is used again and again.
 * All else becomes 0: reserved fields must be, and a stamp of the last answer must never pass for one of the next.
 *
 * @param samples readings wanted, 1 … 25
 * @param clockId system clock of EXTENDED (kernel 6.12 and later): CLOCK_REALTIME or CLOCK_MONOTONIC_RAW. 0 for BASIC,
 * where the field is reserved.
 * @throws RangeError
 */
export function encodeRequest(buffer: Uint8Array, samples: number, clockId: number): void {
  if (!Number.isInteger(samples) || samples < 1 || samples > PTP_MAX_SAMPLES) {
    throw new RangeError(`a batch has 1 … ${PTP_MAX_SAMPLES} readings, not ${samples}`);
  }
  buffer.fill(0);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  view.setUint32(0, samples, true);
  view.setInt32(4, clockId, true);
}
