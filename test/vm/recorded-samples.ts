import type { GuestShell } from './guest-shell.js';
import { parseTruth, type TruthReading } from './truth.js';

/** A datagram that left the daemon, beside the truth when it arrived. */
export interface RecordedSample {
  /** The sample's own time stamp, CLOCK_REALTIME, ns. */
  readonly stampNs: bigint;
  /** The offset it claims, true − system, ns. */
  readonly offsetNs: number;
  readonly leap: number;
  /** The page's sequence count at the moment it arrived; odd while the page was being written. */
  readonly arrivedSeqCount: number;
  readonly truth: TruthReading;
}

/** All that the recorder has written down so far. */
export async function recordedSamples(shell: GuestShell): Promise<RecordedSample[]> {
  const text = await shell.output('cat /run/bench/sock.txt', 60_000);
  return text.split('\n').flatMap((line) => {
    const [arrived, stamp, offset, leap, magic, ...rest] = line.split(' ');
    const [truth] = parseTruth(rest.join(' '));
    if (stamp === undefined || magic !== '534f434b' || truth === undefined) return [];
    return [
      {
        arrivedSeqCount: Number(arrived),
        stampNs: BigInt(stamp),
        offsetNs: Number(offset) * 1e9,
        leap: Number(leap),
        truth,
      },
    ];
  });
}

/**
 * How wrong a sample is, ns. The truth is read when it arrives and carried back to the sample's time stamp, so a sample
 * that was taken before a disruption and left after it is found out.
 * @param shiftSeconds PHC − UTC.
 * @param ppm rate of true time against the guest's clock, which nobody steers here.
 */
export function sampleErrorNs(sample: RecordedSample, shiftSeconds: number, ppm = 0): number {
  const { deviceNs, realtimeNs } = sample.truth;
  const offsetAtArrival = Number(deviceNs - BigInt(shiftSeconds) * 1_000_000_000n - realtimeNs);
  const age = Number(realtimeNs - sample.stampNs);
  return sample.offsetNs - (offsetAtArrival - age * ppm * 1e-6);
}

/** From reading to arrival an emulated daemon takes 4 to 8 ms. */
const ON_ITS_WAY_NS = 20e6;

/** What became of the samples around disruptions. */
export interface Verdict {
  readonly right: number;
  readonly wrong: readonly RecordedSample[];
  /** Left as the page changed: no look of any sender can exclude it. */
  readonly crossed: number;
  /** Largest error of a right one, ns. */
  readonly worstNs: number;
}

/**
 * Compares each sample with the line at its arrival. One that is off, but had been on its way when the page changed (the
 * one before it still belonged to the old page, and it is no older than the emulated daemon needs from reading to sending), is
 * counted apart: it left, or was just about to leave, as the page changed.
 * @param ppmAt rate of true time against the guest's clock, by the page's sequence count.
 */
export function judge(
  samples: readonly RecordedSample[],
  shiftSeconds: number,
  limitNs: number,
  ppmAt: (seqCount: number) => number = () => 0,
): Verdict {
  let [right, crossed, worstNs] = [0, 0, 0];
  const wrong: RecordedSample[] = [];
  samples.forEach((sample, index) => {
    const error = Math.abs(sampleErrorNs(sample, shiftSeconds, ppmAt(sample.truth.seqCount)));
    const pageIsNew = samples[index - 1]?.truth.seqCount !== sample.truth.seqCount;
    const ageNs = Number(sample.truth.realtimeNs - sample.stampNs);
    if (error <= limitNs) {
      right += 1;
      worstNs = Math.max(worstNs, error);
    } else if (sample.arrivedSeqCount < sample.truth.seqCount || (pageIsNew && ageNs < ON_ITS_WAY_NS)) crossed += 1;
    else wrong.push(sample);
  });
  return { right, wrong, crossed, worstNs };
}
