import { type ChronydView, followsUs } from '../chronyd-watch.js';
import type { JudgedSample } from '../epoch-knowledge.js';
import type { ServoSample, ServoState } from './sample-line.js';

/** A sample that has left, and how things stood then. */
export interface SentSample {
  readonly sample: JudgedSample;
  /** The PHC's rate against CLOCK_MONOTONIC_RAW, minus 1, ppm; undefined before two readings. */
  readonly phcPpm: number | undefined;
  /** undefined: chronyd is not asked. */
  readonly chronyd: ChronydView | undefined;
  /** The first since chronyd was given a new offset after a disruption. */
  readonly afterCorrection: boolean;
}

/**
 * A sample that was fed, as phc2sys would tell of it: s2 while chronyd is synchronised to us, s1 just after it was put
 * right, else s0 (so always where chronyd is not asked: nobody knows then). The frequency is chronyd's, or, where it is
 * not asked, the one that would keep the clock on the PHC.
 *
 * @param monotonicNs CLOCK_MONOTONIC now, ns
 */
export function servoSample(sent: SentSample, refid: string, monotonicNs: bigint): ServoSample {
  const { sample, phcPpm, chronyd } = sent;
  const frequencyPpm = chronyd?.tracking?.frequencyPpm ?? 0 - (phcPpm ?? 0);
  return {
    monotonicNs,
    offsetNs: -BigInt(Math.round(sample.offsetNs)),
    state: stateOf(sent, refid),
    frequencyPpb: frequencyPpm * 1000,
    delayNs: sample.bracketNs,
  };
}

function stateOf({ chronyd, afterCorrection }: SentSample, refid: string): ServoState {
  if (afterCorrection) return 1;
  return chronyd !== undefined && followsUs(chronyd, refid) ? 2 : 0;
}
