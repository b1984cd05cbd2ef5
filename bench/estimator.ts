/**
 * What the decisions cost: µs to select the offset from a batch of 25 readings, to take its delays in, and to judge and
 * track it. Run with and without --jitless:
 *
 *     npm run build && node build/bench/estimator.js && node --jitless build/bench/estimator.js
 */
import { DelayQuantiles } from '../src/daemon/estimator/delay-quantiles.js';
import { JumpDetector } from '../src/daemon/estimator/jump-detector.js';
import { type SelectedOffset, selectOffset } from '../src/daemon/estimator/select-offset.js';
import { Track } from '../src/daemon/estimator/track.js';
import type { ReadingBatch } from '../src/ioctl/reading.js';

const BATCHES = 3000;

function batchAt(k: number): ReadingBatch {
  const start = 1_790_000_000_000_000_000n + BigInt(k) * 200_000_000n;
  let now = start;
  const readings = Array.from({ length: 25 }, (_, i) => {
    // A cheap pattern that looks like delays: what counts here is how much there is to do.
    const [forward, back] = [500 + ((i * 7919 + k * 104_729) % 211), 500 + ((i * 6101 + k * 15_485_863) % 197)];
    const reading = {
      beforeNs: now,
      deviceNs: now + BigInt(forward) + 37_000_000_000n,
      afterNs: now + BigInt(forward + back),
    };
    now = reading.afterNs + 30n;
    return reading;
  });
  const pair = (ns: bigint) => ({ realtimeNs: ns, monotonicRawNs: ns - 1_789_000_000_000_000_000n, widthNs: 40 });
  return { method: 'BASIC', systemClock: 'CLOCK_REALTIME', readings, pairBefore: pair(start), pairAfter: pair(now) };
}

function microseconds(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1000 / BATCHES;
}

const batches = Array.from({ length: BATCHES }, (_, k) => batchAt(k));
for (const run of ['cold', 'warm']) {
  const delays = new DelayQuantiles();
  const track = new Track();
  const detector = new JumpDetector(track);
  const selections: SelectedOffset[] = [];
  const select = microseconds(() => {
    for (const batch of batches) {
      const selection = selectOffset(batch, delays.summary);
      if (selection.kind === 'selected') selections.push(selection);
    }
  });
  const quantiles = microseconds(() => {
    for (const batch of batches) delays.add(batch);
  });
  const judge = microseconds(() => {
    for (const selection of selections) detector.judge(selection);
  });
  const figures = {
    select,
    'add delays': quantiles,
    'judge and track': judge,
    'all together': select + quantiles + judge,
  };
  const text = Object.entries(figures).map(([name, us]) => `${name} ${us.toFixed(1)} µs`);
  process.stdout.write(`${run}: ${text.join(', ')} per batch of 25\n`);
}
