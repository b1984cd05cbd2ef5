import { daemonNotices } from './daemon-notices.js';
import type { Guest } from './guest.js';
import { judgeSamples } from './judge-samples.js';
import { type RecordedSample, recordedSamples, sampleErrorNs } from './recorded-samples.js';
import { atLeast, atMost, exactly, type Figure, forComparison, told } from './scenario.js';
import { quantile } from './truth.js';

/** Sample stamps have microseconds, and the rate between stamp and arrival is known to some ppm. */
const RIGHT_WITHIN_NS = 1000;
/**
 * From the daemon's last look to the arrival of its datagram, emulated, on average: 3.3 ms on x86-64 and 3.7 ms on arm64 with
 * two guests on two processors (`--patch last-step` shows it; natively it is microseconds).
 */
const LAST_STEP_MS = 3.5;
/** vmclockd's 50 ms until chronyd follows, and here nobody does, and what the emulated daemon needs for a sample. */
const SAMPLE_INTERVAL_MS = 65;

/** With `--patch last-step`: from the daemon's last look to the arrival of its datagram. */
async function lastStepFigures(guest: Guest, samples: readonly RecordedSample[]): Promise<Figure[]> {
  const text = await guest.shell.output(`grep '"last step"' /run/bench/vmclockd.log || true`, 60_000);
  const arrivals = new Map(samples.map(({ stampNs, truth }) => [stampNs / 1000n, truth.realtimeNs]));
  const milliseconds = text.split('\n').flatMap((line) => {
    const [stamp, looked] = ['stamp', 'looked'].map((name) => new RegExp(`"${name}":"(\\d+)"`).exec(line)?.[1]);
    if (stamp === undefined || looked === undefined) return [];
    const arrived = arrivals.get(BigInt(stamp) / 1000n) ?? arrivals.get(BigInt(stamp) / 1000n + 1n);
    return arrived === undefined ? [] : [Number(arrived - BigInt(looked)) / 1e6];
  });
  if (milliseconds.length === 0) return [];
  const mean = milliseconds.reduce((sum, value) => sum + value, 0) / milliseconds.length;
  return [
    forComparison(`last step, mean of ${milliseconds.length}`, mean, 'ms'),
    forComparison('last step, median', quantile(milliseconds, 0.5), 'ms'),
    forComparison('last step, p99', quantile(milliseconds, 0.99), 'ms'),
  ];
}

/**
 * Holds everything recorded against the truth.
 * @param disruptions how many pauses could have fallen into a last step.
 */
export async function judgedFigures(guest: Guest, disruptions: number): Promise<Figure[]> {
  const { samples, unusable } = await recordedSamples(guest.shell);
  const verdict = judgeSamples(samples, {
    shiftSeconds: -37,
    limitNs: RIGHT_WITHIN_NS,
    told: guest.hypervisor.told,
    notices: await daemonNotices(guest.shell),
  });
  return [
    atLeast('samples compared with the truth and right', verdict.right, 100, ''),
    exactly('samples wrong for the epoch they left in', verdict.wrong.length, 0),
    ...verdict.wrong.slice(0, 3).map((sample) => exactly('  one of them', describe(guest, sample), '')),
    atMost('left in the last step', verdict.inLastStep.length, lastStepLimit(disruptions), ''),
    ...(await lastStepFigures(guest, samples)),
    ...verdict.inLastStep.map((sample) => told('  one of them', describe(guest, sample))),
    exactly('datagrams that could not be judged', unusable.length, 0),
    ...unusable.slice(0, 3).map((line) => told('  one of them', line)),
    atMost('worst error of a right one', verdict.worstNs, RIGHT_WITHIN_NS, 'ns'),
  ];
}

/**
 * How many of so many pauses may fall between a sender's last look and the arrival of its datagram. That
 * step is LAST_STEP_MS of every SAMPLE_INTERVAL_MS here; a count above the limit has a chance below one in a thousand.
 */
function lastStepLimit(disruptions: number): number {
  const expected = (disruptions * LAST_STEP_MS) / SAMPLE_INTERVAL_MS;
  let [count, term] = [0, Math.exp(-expected)];
  for (let sum = term; 1 - sum > 1e-3; sum += term) {
    count += 1;
    term *= expected / count;
  }
  return disruptions === 0 ? 0 : count;
}

function describe({ hypervisor }: Guest, sample: RecordedSample): string {
  const { truth, arrivedSeqCount } = sample;
  const errorNs = sampleErrorNs(sample, -37, hypervisor.told.get(truth.seqCount)?.ppm);
  const ageMs = Number(truth.realtimeNs - sample.stampNs) / 1e6;
  return `off by ${errorNs.toFixed(0)} ns, ${ageMs.toFixed(1)} ms old, page ${arrivedSeqCount} then ${truth.seqCount}`;
}
