import type { RefclockSample } from './refclock-sample.js';
import { SAMPLE_LAYOUT, SAMPLE_MAGIC, SAMPLE_OFFSET_LIMIT_SECONDS } from './sample-layout.js';

const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MICROSECOND = 1_000n;

/**
 * chronyd adds the offset to the time stamp in whole ns and cuts the rest off, which makes every sample
 * 0.5 ns too small in the mean. Half a nanosecond more centres it.
 */
const CENTRING_NS = 0.5;

/** A sample that chronyd would drop without a word, found before it is sent. */
export class UnsendableSampleError extends RangeError {
  override readonly name = 'UnsendableSampleError';
}

/**
 * The 40 bytes of one SOCK sample.
 *
 * The time stamp is rounded down to µs, never up: a stamp in the future, be it by less than 1 µs, is dropped
 * by chronyd. It says only when the offset held, so the lost part of a µs does not matter.
 *
 * @throws UnsendableSampleError for an offset that is not a number or is 2^32 s or more, either way, and for a
 *   time stamp outside 64 bits of seconds.
 */
export function encodeSample(sample: RefclockSample): Uint8Array {
  const offsetSeconds = (sample.offsetNs + CENTRING_NS) / 1e9;
  // Written so that NaN fails it too.
  if (!(Math.abs(offsetSeconds) < SAMPLE_OFFSET_LIMIT_SECONDS)) {
    throw new UnsendableSampleError(
      `SOCK sample: the offset is ${sample.offsetNs} ns; chronyd takes less than 2^32 s either way`,
    );
  }
  let seconds = sample.realtimeNs / NS_PER_SECOND;
  let restNs = sample.realtimeNs % NS_PER_SECOND;
  if (restNs < 0n) {
    seconds -= 1n;
    restNs += NS_PER_SECOND;
  }
  if (BigInt.asIntN(64, seconds) !== seconds) {
    throw new UnsendableSampleError(`SOCK sample: the time stamp ${sample.realtimeNs} ns does not fit into 64 bits`);
  }
  const bytes = new Uint8Array(SAMPLE_LAYOUT.lengthBytes);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(SAMPLE_LAYOUT.seconds, seconds, true);
  view.setBigInt64(SAMPLE_LAYOUT.microseconds, restNs / NS_PER_MICROSECOND, true);
  view.setFloat64(SAMPLE_LAYOUT.offset, offsetSeconds, true);
  view.setInt32(SAMPLE_LAYOUT.leap, sample.leap, true);
  view.setInt32(SAMPLE_LAYOUT.magic, SAMPLE_MAGIC, true);
  return bytes;
}
