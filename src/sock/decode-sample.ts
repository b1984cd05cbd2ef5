import { DecodeError } from './decode-error.js';
import type { RefclockSample } from './refclock-sample.js';
import { SAMPLE_LAYOUT, SAMPLE_MAGIC, SAMPLE_OFFSET_LIMIT_SECONDS } from './sample-layout.js';

const WHAT = 'SOCK sample';
const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MICROSECOND = 1_000n;

/**
 * Reads a SOCK sample as chronyd does, refusing what chronyd refuses without looking at a clock. The offset
 * comes back as sent: with the half nanosecond by which `encodeSample` centres it.
 *
 * @throws DecodeError with the first field that is wrong.
 */
export function decodeSample(bytes: Uint8Array): RefclockSample {
  if (bytes.byteLength !== SAMPLE_LAYOUT.lengthBytes) {
    throw new DecodeError(WHAT, 'length', bytes.byteLength, SAMPLE_LAYOUT.lengthBytes);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getInt32(SAMPLE_LAYOUT.magic, true);
  if (magic !== SAMPLE_MAGIC) {
    throw new DecodeError(WHAT, 'magic', `0x${(magic >>> 0).toString(16)}`, `0x${SAMPLE_MAGIC.toString(16)}`);
  }
  const pulse = view.getInt32(SAMPLE_LAYOUT.pulse, true);
  if (pulse !== 0) {
    throw new DecodeError(WHAT, 'pulse', pulse, '0: whole seconds known');
  }
  const leap = view.getInt32(SAMPLE_LAYOUT.leap, true);
  if (leap !== 0 && leap !== 1 && leap !== 2) {
    throw new DecodeError(WHAT, 'leap', leap, '0, 1 or 2');
  }
  const microseconds = view.getBigInt64(SAMPLE_LAYOUT.microseconds, true);
  if (microseconds < 0n || microseconds > 999_999n) {
    throw new DecodeError(WHAT, 'microseconds', microseconds.toString(), '0 to 999999');
  }
  const offsetSeconds = view.getFloat64(SAMPLE_LAYOUT.offset, true);
  if (!(Math.abs(offsetSeconds) < SAMPLE_OFFSET_LIMIT_SECONDS)) {
    throw new DecodeError(WHAT, 'offset', offsetSeconds, 'less than 2^32 s either way');
  }
  const seconds = view.getBigInt64(SAMPLE_LAYOUT.seconds, true);
  return {
    realtimeNs: seconds * NS_PER_SECOND + microseconds * NS_PER_MICROSECOND,
    offsetNs: offsetSeconds * 1e9,
    leap,
  };
}
