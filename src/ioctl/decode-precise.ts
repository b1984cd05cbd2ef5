import { PTP_SYS_OFFSET_PRECISE } from './ptp-abi.js';
import { PtpStamps } from './ptp-stamps.js';

/** A hardware cross time stamp: three clocks at one and the same instant, ns. */
export interface PreciseStamp {
  readonly deviceNs: bigint;
  /** CLOCK_REALTIME. */
  readonly realtimeNs: bigint;
  /** CLOCK_MONOTONIC_RAW. */
  readonly monotonicRawNs: bigint;
}

/** Decodes the answer to PTP_SYS_OFFSET_PRECISE. @throws PtpAnswerError */
export function decodePrecise(bytes: Uint8Array): PreciseStamp {
  const stamps = new PtpStamps(bytes, PTP_SYS_OFFSET_PRECISE);
  return { deviceNs: stamps.at(0), realtimeNs: stamps.at(16), monotonicRawNs: stamps.at(32) };
}
