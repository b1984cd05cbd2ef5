import type { ServoSample } from '../daemon/phc2sys/sample-line.js';
import type { KernelSteering } from '../ioctl/decode-timex.js';
import type { Reading } from '../ioctl/reading.js';

/**
 * One batch of readings as phc2sys would tell of it: the reading that took the least time, system − PHC − `offsetSeconds`.
 * Pure.
 *
 * @param readings against CLOCK_REALTIME, at least one
 * @param offsetSeconds what the system clock is to be ahead of the PHC by, s: phc2sys's -O
 * @param monotonicNs CLOCK_MONOTONIC, ns
 * @throws RangeError without readings
 */
export function observePhc(
  readings: readonly Reading[],
  offsetSeconds: number,
  steering: KernelSteering,
  monotonicNs: bigint,
): ServoSample {
  const [first, ...rest] = readings;
  if (first === undefined) throw new RangeError('no readings');
  const best = rest.reduce((least, reading) => (width(reading) < width(least) ? reading : least), first);
  const middleNs = best.beforeNs + width(best) / 2n;
  return {
    monotonicNs,
    offsetNs: middleNs - best.deviceNs - BigInt(offsetSeconds) * 1_000_000_000n,
    state: steering.synchronised ? 2 : 0,
    frequencyPpb: 0 - steering.correctionPpb,
    delayNs: Number(width(best)),
  };
}

function width({ beforeNs, afterNs }: Reading): bigint {
  return afterNs - beforeNs;
}
