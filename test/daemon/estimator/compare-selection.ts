import { DelayQuantiles } from '../../../src/daemon/estimator/delay-quantiles.js';
import { selectOffset } from '../../../src/daemon/estimator/select-offset.js';
import type { ReadingBatch } from '../../../src/ioctl/reading.js';
import { seededRandom } from '../../support/random.js';
import { ChronyYardstick } from './chrony-yardstick.js';

/** 50 %, 95 % and 99 % quantiles of the absolute error, ns. */
export type Errors = readonly [number, number, number];

/** How selection did against the yardstick. Errors are over the batches that both accepted. */
export interface Comparison {
  readonly ours: Errors;
  readonly yardstick: Errors;
  /** Share of batches accepted. */
  readonly ourYield: number;
  readonly yardstickYield: number;
  /** Errors beyond the bound that came with the sample. */
  readonly violations: number;
  /** Quantiles of all our samples, also where the yardstick has none. */
  readonly oursAll: Errors;
}

/** Runs both over the same batches. */
export function compareSelection(batches: readonly ReadingBatch[], trueOffsetNs: number, slackNs = 0): Comparison {
  const yardstick = new ChronyYardstick(seededRandom(4711), 40);
  const delays = new DelayQuantiles();
  const [ours, theirs, all]: [number[], number[], number[]] = [[], [], []];
  let [accepted, yardstickAccepted, violations] = [0, 0, 0];
  for (const batch of batches) {
    const selection = selectOffset(batch, delays.summary);
    delays.add(batch);
    const reference = yardstick.select(batch.readings, BigInt(trueOffsetNs));
    if (reference !== undefined) yardstickAccepted += 1;
    if (selection.kind === 'rejected') continue;
    accepted += 1;
    const error = selection.offsetNs - trueOffsetNs;
    if (Math.abs(error) > selection.errorBoundNs + slackNs) violations += 1;
    all.push(error);
    if (reference === undefined) continue;
    ours.push(error);
    theirs.push(reference);
  }
  return {
    ours: quantiles(ours),
    yardstick: quantiles(theirs),
    oursAll: quantiles(all),
    ourYield: accepted / batches.length,
    yardstickYield: yardstickAccepted / batches.length,
    violations,
  };
}

function quantiles(errors: readonly number[]): Errors {
  const sorted = errors.map(Math.abs).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return [at(0.5), at(0.95), at(0.99)];
}
