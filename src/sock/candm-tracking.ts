import { CANDM_ADDRESS_BYTES } from './candm-address.js';
import { decodeChronyFloat } from './chrony-float.js';
import { refIdName } from './refid.js';
import type { Tracking } from './tracking.js';

/** Stands in the high word of chrony's Timespec when the seconds have 32 bits only. */
const NO_HIGH_SECONDS = 0x7fffffff;
const NS_PER_SECOND = 1_000_000_000n;

const STRATUM = 4 + CANDM_ADDRESS_BYTES;
const REFERENCE_TIME = STRATUM + 4;
const FLOATS = REFERENCE_TIME + 12;

/**
 * Decodes the data of a TRACKING reply (76 bytes): u32 refid, IPAddr, u16 stratum, u16 leap status, Timespec
 * (u32 high, low, ns), nine floats. chrony counts in seconds, this program in ns.
 */
export function decodeTracking(data: DataView): Tracking {
  const refId = data.getUint32(0);
  const float = (index: number): number => decodeChronyFloat(data.getUint32(FLOATS + 4 * index));
  return {
    refId,
    refName: refIdName(refId),
    stratum: data.getUint16(STRATUM),
    leapStatus: data.getUint16(STRATUM + 2),
    referenceTimeNs: timespecNs(data, REFERENCE_TIME),
    currentCorrectionNs: float(0) * 1e9,
    // chrony counts this one as system − true, unlike the current correction.
    lastOffsetNs: 0 - float(1) * 1e9,
    rmsOffsetNs: float(2) * 1e9,
    frequencyPpm: float(3),
    residualFrequencyPpm: float(4),
    skewPpm: float(5),
    rootDelayNs: float(6) * 1e9,
    rootDispersionNs: float(7) * 1e9,
    updateIntervalSeconds: float(8),
  };
}

function timespecNs(data: DataView, offset: number): bigint {
  const high = data.getUint32(offset);
  const seconds = BigInt(data.getUint32(offset + 4)) + (high === NO_HIGH_SECONDS ? 0n : BigInt(high | 0) << 32n);
  return seconds * NS_PER_SECOND + BigInt(data.getUint32(offset + 8));
}
