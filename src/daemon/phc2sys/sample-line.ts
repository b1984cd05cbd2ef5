import { wholeNumber } from './c-format.js';
import { textLine } from './text-line.js';

/** phc2sys's servo states: 0 not locked, 1 the clock was stepped just now, 2 locked, 3 locked and stable. */
export type ServoState = 0 | 1 | 2 | 3;

/** What phc2sys prints at each update. */
export interface ServoSample {
  /** CLOCK_MONOTONIC, ns. */
  readonly monotonicNs: bigint;
  /** System time − PHC time, ns: positive when the system clock is ahead. The opposite of our offsets. */
  readonly offsetNs: bigint;
  readonly state: ServoState;
  /** By how much the system clock would be too fast if it were not corrected, ppb. */
  readonly frequencyPpb: number;
  /** Time that the reading took, ns; undefined: not known, as for a PPS. */
  readonly delayNs: number | undefined;
}

/**
 * The line of one update, without its newline:
 *
 *     phc2sys[6.656]: CLOCK_REALTIME phc offset        -1 s2 freq     -37 delay      0
 *
 * Widths are least widths: offset 9, frequency 7 with its sign, delay 6. Source: phc2sys(8), and lines recorded from
 * linuxptp 4.2.
 */
export function sampleLine(sample: ServoSample): string {
  const { monotonicNs, offsetNs, state, frequencyPpb, delayNs } = sample;
  const offset = offsetNs.toString().padStart(9);
  const frequency = wholeNumber(frequencyPpb, 7, '+');
  const delay = delayNs === undefined ? '' : ` delay ${wholeNumber(delayNs, 6)}`;
  return textLine(monotonicNs, `CLOCK_REALTIME phc offset ${offset} s${state} freq ${frequency}${delay}`);
}
