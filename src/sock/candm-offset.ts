import { decodeChronyFloat, encodeChronyFloat } from './chrony-float.js';

/** Less than this is not worth a command: the kernel's clock counts whole nanoseconds. */
const RESOLUTION_NS = 1;
/** Each part is exact to 6e-8 of itself, so three reach 1 ns for any offset that a clock can have. */
const PARTS_LIMIT = 3;

/** One DOFFSET2 of a sequence. */
export interface OffsetPart {
  /** The request's data. */
  readonly data: Uint8Array;
  /** What this part moves the clock by, true − system, ns: what the wire says, not what was wished for. */
  readonly offsetNs: number;
}

/**
 * The DOFFSET2 commands that together move the clock by `offsetNs` to the nanosecond. One command alone would
 * not: 0.2 s is rounded by up to 7.5 ns, an hour by 0.1 ms. So each further one carries what the rounding of
 * the ones before has left.
 *
 * DOFFSET2's sign is the opposite of ours: it is positive when the clock is ahead.
 *
 * @param offsetNs true − system, ns.
 * @returns no more than three, coarse ones first; none for less than 1 ns.
 * @throws RangeError for what is not a number, or beyond a chrony float.
 */
export function offsetParts(offsetNs: number): readonly OffsetPart[] {
  const parts: OffsetPart[] = [];
  let restNs = offsetNs;
  while (!(Math.abs(restNs) < RESOLUTION_NS) && parts.length < PARTS_LIMIT) {
    const bits = encodeChronyFloat(-restNs / 1e9);
    const partNs = -decodeChronyFloat(bits) * 1e9;
    parts.push({ data: floatData(bits), offsetNs: partNs });
    restNs -= partNs;
  }
  return parts;
}

function floatData(bits: number): Uint8Array {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, bits);
  return data;
}
