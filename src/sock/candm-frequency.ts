import { encodeChronyFloat } from './chrony-float.js';

/** chronyd's default `maxdrift`, ppm: it cuts off silently what would bring the frequency beyond it. */
const LIMIT_PPM = 500_000;

/**
 * The data of a DFREQ request. DFREQ's sign is the opposite of ours: it adds to how fast chronyd takes the
 * uncorrected clock to be, so a positive one makes the clock go slower.
 *
 * @param ppm how much faster the clock shall run, ±500,000.
 * @throws RangeError beyond.
 */
export function encodeFrequencyChange(ppm: number): Uint8Array {
  if (!(Math.abs(ppm) <= LIMIT_PPM)) {
    throw new RangeError(`frequency change: ${ppm} ppm is outside ±${LIMIT_PPM} ppm, chronyd's own limit`);
  }
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, encodeChronyFloat(-ppm));
  return data;
}
