import type { Reading } from '../../../src/ioctl/reading.js';
import type { Random } from '../../support/random.js';

/** One running quantile by Frugal-2U (Ma, Muthukrishnan, Sandler, "Frugal Streaming for Estimating Quantiles", 2014). */
class FrugalQuantile {
  #estimate: number;
  #step: number;
  #direction = 1;
  readonly #share: number;
  readonly #minStep: number;

  constructor(share: number, minStep: number, initial: number) {
    this.#share = share;
    this.#minStep = minStep;
    this.#step = minStep;
    this.#estimate = initial;
  }

  get estimate(): number {
    return this.#estimate;
  }

  add(value: number, random: number): void {
    const direction = value >= this.#estimate ? 1 : -1;
    if (random < (direction > 0 ? 1 - this.#share : this.#share)) return;
    this.#step += direction === this.#direction ? this.#minStep : -this.#minStep;
    this.#estimate += direction * Math.max(this.#step, this.#minStep);
    const overshoot = direction * (this.#estimate - value);
    if (overshoot > 0) {
      this.#step -= overshoot;
      this.#estimate = value + (direction * this.#minStep) / 4;
    }
    if (direction !== this.#direction) this.#step = Math.min(this.#step, this.#minStep);
    this.#direction = direction;
  }
}

/**
 * chronyd's selection of PHC readings as described for its hwclock filter since 4.5, written anew as the thing to beat: running
 * 10 % and 20 % quantiles of the bracket widths (median of 7 each, steps of 1 ns), and the mean of the readings between them.
 * A batch without such a reading gives undefined: chronyd drops it, or takes the narrowest when that contradicts its prediction.
 */
export class ChronyYardstick {
  readonly #random: Random;
  readonly #precisionNs: number;
  readonly #initial: number[] = [];
  #quantiles: FrugalQuantile[][] = [];

  /** @param precisionNs what chronyd would have measured as the system clock's precision */
  constructor(random: Random, precisionNs: number) {
    this.#random = random;
    this.#precisionNs = precisionNs;
  }

  /** Mean of (device − middle of the bracket) − baseNs over the readings chosen, ns. */
  select(readings: readonly Reading[], baseNs: bigint): number | undefined {
    const widths = readings.map((r) => Number(r.afterNs - r.beforeNs));
    if (widths.some((w) => w < 0)) return undefined;
    for (const width of widths) this.#add(width);
    const low = this.#quantile(0) - 0.5;
    const high = Math.max(this.#quantile(1) + 0.5, Math.min(...widths) + this.#precisionNs);
    const chosen = readings.filter((_, i) => (widths[i] ?? 0) >= low && (widths[i] ?? 0) <= high);
    if (chosen.length === 0) return undefined;
    const offsets = chosen.map((r) => Number(r.deviceNs - r.beforeNs - baseNs) - Number(r.afterNs - r.beforeNs) / 2);
    return offsets.reduce((sum, offset) => sum + offset, 0) / chosen.length;
  }

  #add(width: number): void {
    if (this.#initial.length < 2) {
      this.#initial.push(width);
      this.#initial.sort((a, b) => a - b);
      this.#quantiles = [0.1, 0.2].map((share, i) =>
        Array.from({ length: 7 }, () => new FrugalQuantile(share, 1, this.#initial[i] ?? width)),
      );
      return;
    }
    for (const quantile of this.#quantiles.flat()) quantile.add(width, this.#random());
  }

  #quantile(index: number): number {
    const estimates = (this.#quantiles[index] ?? []).map((q) => q.estimate).sort((a, b) => a - b);
    return estimates[3] ?? 0;
  }
}
