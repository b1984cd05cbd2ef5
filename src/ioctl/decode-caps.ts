import { PTP_CLOCK_GETCAPS } from './ptp-abi.js';
import { PtpAnswerError } from './ptp-answer-error.js';

/** What a PTP clock says it can do: struct ptp_clock_caps, as far as it matters here. */
export interface PtpCaps {
  /** The most its rate can be changed by, ppb; 0 for the read-only clocks of a hypervisor. */
  readonly maxAdjustmentPpb: number;
  /** It says that it has PTP_SYS_OFFSET_PRECISE. That it works is known only after a try. */
  readonly crossTimestamping: boolean;
  readonly pulsePerSecond: boolean;
}

/** Decodes the answer to PTP_CLOCK_GETCAPS. @throws PtpAnswerError when it is too short */
export function decodeCaps(bytes: Uint8Array): PtpCaps {
  const { name, size } = PTP_CLOCK_GETCAPS;
  if (bytes.byteLength < size) throw new PtpAnswerError(name, 'length', `${bytes.byteLength} bytes instead of ${size}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    maxAdjustmentPpb: view.getInt32(0, true),
    pulsePerSecond: view.getInt32(16, true) !== 0,
    crossTimestamping: view.getInt32(24, true) !== 0,
  };
}
