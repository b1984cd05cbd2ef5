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

export interface Recording {
  readonly samples: readonly RecordedSample[];
  /** Datagrams that cannot be judged: of another shape, or without a truth beside them. Their lines. */
  readonly unusable: readonly string[];
}

/** All that the recorder has written down so far. */
export async function recordedSamples(shell: GuestShell): Promise<Recording> {
  const text = await shell.output('cat /run/bench/sock.txt', 60_000);
  const samples: RecordedSample[] = [];
  const unusable: string[] = [];
  for (const line of text.split('\n').filter((words) => words !== '')) {
    const [arrived, stamp, offset, leap, magic, ...rest] = line.split(' ');
    const [truth] = parseTruth(rest.join(' '));
    if (stamp === undefined || magic !== '534f434b' || truth === undefined) unusable.push(line);
    else
      samples.push({
        arrivedSeqCount: Number(arrived),
        stampNs: BigInt(stamp),
        offsetNs: Number(offset) * 1e9,
        leap: Number(leap),
        truth,
      });
  }
  return { samples, unusable };
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
