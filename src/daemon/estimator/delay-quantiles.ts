import type { ReadingBatch } from '../../ioctl/reading.js';

/** How wide the brackets of one epoch usually are. All in ns, all >= 0. */
export interface DelaySummary {
  /** The usual width of a batch's narrowest bracket. */
  readonly fastestNs: number;
  /** The usual 10 % quantile of a batch's brackets. */
  readonly tenthNs: number;
  /** The usual median of a batch's brackets. */
  readonly medianNs: number;
  /** Batches this rests on, 1 … 32. */
  readonly batches: number;
}

/** Batches remembered: at 5 Hz some six seconds, long enough to outlive a spell of stolen time. */
const REMEMBERED = 32;

/** So many batches in a row on a different level are the new level, not bad luck. */
const NEW_LEVEL_AFTER = 3;

/** A level differs when it is more than twice, or less than half, the usual one … */
const NEW_LEVEL_RATIO = 2;

/** … and by more than this, ns: among widths of a few ns a ratio means nothing. */
const NEW_LEVEL_FLOOR_NS = 50;

interface BatchDelays {
  readonly fastestNs: number;
  readonly tenthNs: number;
  readonly medianNs: number;
}

/**
 * Running quantiles of bracket widths over the batches of one epoch: the median, over the last 32 batches, of
 * each batch's own quantiles. A spell of slow batches shorter than half the memory does not move it; a lasting
 * change of level, up or down, replaces it after three batches.
 */
export class DelayQuantiles {
  #history: BatchDelays[] = [];
  #summary: DelaySummary | undefined;

  /** What is usual so far; undefined before the first batch. */
  get summary(): DelaySummary | undefined {
    return this.#summary;
  }

  /**
   * Takes in the brackets of a batch, whether it was selected or rejected for being slow. Give it no batch
   * that was rejected for another reason; brackets below zero are left out.
   */
  add(batch: ReadingBatch): void {
    const delays = batchDelays(batch);
    if (delays === undefined) return;
    this.#history.push(delays);
    if (this.#history.length > REMEMBERED) this.#history.shift();
    if (this.#summary !== undefined && levelChanged(this.#history, this.#summary.fastestNs)) {
      this.#history = this.#history.slice(-NEW_LEVEL_AFTER);
    }
    this.#summary = {
      fastestNs: median(this.#history.map((d) => d.fastestNs)),
      tenthNs: median(this.#history.map((d) => d.tenthNs)),
      medianNs: median(this.#history.map((d) => d.medianNs)),
      batches: this.#history.length,
    };
  }
}

function batchDelays(batch: ReadingBatch): BatchDelays | undefined {
  const widths = batch.readings.map((r) => Number(r.afterNs - r.beforeNs)).filter((w) => w >= 0);
  widths.sort((a, b) => a - b);
  const last = widths.length - 1;
  const fastestNs = widths[0];
  const tenthNs = widths[Math.floor(last * 0.1)];
  const medianNs = widths[Math.floor(last * 0.5)];
  if (fastestNs === undefined || tenthNs === undefined || medianNs === undefined) return undefined;
  return { fastestNs, tenthNs, medianNs };
}

/** Whether the last batches are all above, or all below, the usual level by more than chance allows. */
function levelChanged(history: readonly BatchDelays[], usualNs: number): boolean {
  if (history.length <= NEW_LEVEL_AFTER) return false;
  const recent = history.slice(-NEW_LEVEL_AFTER);
  const above = recent.every((d) => d.fastestNs > usualNs * NEW_LEVEL_RATIO + NEW_LEVEL_FLOOR_NS);
  const below = recent.every((d) => d.fastestNs * NEW_LEVEL_RATIO + NEW_LEVEL_FLOOR_NS < usualNs);
  return above || below;
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  // The lower of the two middle ones: a width that was seen, and never an average of two levels.
  return values[(values.length - 1) >> 1] ?? 0;
}
