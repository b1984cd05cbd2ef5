import { wholeNumber } from './c-format.js';
import { textLine } from './text-line.js';

/** Mean and standard deviation. */
export interface MeanAndDeviation {
  readonly mean: number;
  readonly deviation: number;
}

/** What `phc2sys -u N` prints of N updates. */
export interface ServoSummary {
  /** CLOCK_MONOTONIC of the last, ns. */
  readonly monotonicNs: bigint;
  /** Root of the mean square of the offsets, ns. */
  readonly rmsNs: number;
  /** Largest |offset|, ns. */
  readonly maxNs: number;
  readonly frequencyPpb: MeanAndDeviation;
  /** undefined: no reading's delay is known. */
  readonly delayNs: MeanAndDeviation | undefined;
}

/**
 * The line of a summary, without its newline:
 *
 *     phc2sys[11.887]: CLOCK_REALTIME rms   13 max   22 freq     -1 +/-  21 delay     0 +/-   0
 *
 * Source: phc2sys(8), and lines recorded from linuxptp 4.2.
 */
export function summaryLine({ monotonicNs, rmsNs, maxNs, frequencyPpb, delayNs }: ServoSummary): string {
  const spread = (deviation: number) => `+/- ${wholeNumber(deviation, 3)}`;
  const frequency = `freq ${wholeNumber(frequencyPpb.mean, 6, '+')} ${spread(frequencyPpb.deviation)}`;
  const delay = delayNs === undefined ? '' : ` delay ${wholeNumber(delayNs.mean, 5)} ${spread(delayNs.deviation)}`;
  return textLine(
    monotonicNs,
    `CLOCK_REALTIME rms ${wholeNumber(rmsNs, 4)} max ${wholeNumber(maxNs, 4)} ${frequency}${delay}`,
  );
}
