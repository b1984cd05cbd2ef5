import { describe, expect, test } from '@jest/globals';
import type { DelaySummary } from '../../../src/daemon/estimator/delay-quantiles.js';
import { type SelectedOffset, selectOffset } from '../../../src/daemon/estimator/select-offset.js';
import type { ReadingBatch } from '../../../src/ioctl/reading.js';
import { exponential, type Random, seededRandom } from '../../support/random.js';
import { batchOf, type Delays, RAW_SHIFT_NS, SHAPES, START_NS, TRUE_OFFSET_NS } from './batches.js';
import { type Comparison, compareSelection } from './compare-selection.js';
import { PROVEN, RECORDED } from './recorded-brackets.js';

function selected(batch: ReadingBatch, delays?: DelaySummary): SelectedOffset {
  const selection = selectOffset(batch, delays);
  if (selection.kind === 'rejected') throw new Error(selection.reason);
  return selection;
}

/** Not worse than the yardstick at any quantile: by 5 %, or by the ns that a stamp's rounding makes. */
function expectAtLeastAsGood(comparison: Comparison, roundingNs: number): void {
  for (const [i, ours] of comparison.ours.entries()) {
    expect(ours).toBeLessThanOrEqual((comparison.yardstick[i] ?? Number.NaN) * 1.05 + roundingNs);
  }
}

describe('selectOffset() against the yardstick', () => {
  test.each(SHAPES)('is at least as good as the hwclock filter: $name', (shape) => {
    const random = seededRandom(20261121);
    const batches = Array.from({ length: 400 }, (_, k) =>
      batchOf(shape.delays(random, k), {
        startNs: START_NS + BigInt(k) * 200_000_000n,
        tickNs: shape.tickNs ?? 1,
        deviceTickNs: shape.deviceTickNs ?? shape.tickNs ?? 1,
      }),
    );
    const comparison = compareSelection(batches, Number(TRUE_OFFSET_NS));
    // Where stamps come in steps, a tenth of a step is luck.
    expectAtLeastAsGood(comparison, Math.max(1, (shape.tickNs ?? 0) / 10));
    expect(comparison.violations).toBe(0);
    expect(comparison.ourYield).toBeGreaterThanOrEqual(Math.min(0.94, comparison.yardstickYield - 0.01));
  });

  test('halves the error where one way is quick in one reading and the other in another', () => {
    for (const name of ['symmetric exponential', 'spikes before only', 'spikes after only', 'level shifts']) {
      const shape = SHAPES.find((s) => s.name === name);
      const random = seededRandom(7);
      const batches = Array.from({ length: 300 }, (_, k) => batchOf(shape?.delays(random, k) ?? []));
      const { ours, yardstick } = compareSelection(batches, Number(TRUE_OFFSET_NS));
      expect(ours[1]).toBeLessThan(0.65 * yardstick[1]);
    }
  });

  test.each(RECORDED)('is at least as good as the hwclock filter on recorded brackets: $name', (set) => {
    const batches = set.batches.map((line, k) => {
      let now = START_NS + BigInt(k) * 3_000_000n;
      const start = now;
      const readings = line.split(' ').map((text) => {
        const [toDevice = 0, width = 0] = text.split(',').map(Number);
        const reading = {
          beforeNs: now,
          deviceNs: now + BigInt(toDevice) + TRUE_OFFSET_NS,
          afterNs: now + BigInt(width),
        };
        now = reading.afterNs + 10n;
        return reading;
      });
      const pair = (at: bigint) => ({ realtimeNs: at, monotonicRawNs: at - RAW_SHIFT_NS, widthNs: 50 });
      return { ...batchOf([]), readings, pairBefore: pair(start), pairAfter: pair(now) };
    });
    const truth = (PROVEN[0] + PROVEN[1]) / 2;
    // The clock's granularity is 10 ns, and the truth itself known to ± 20 ns.
    const comparison = compareSelection(batches, Number(TRUE_OFFSET_NS) + truth, 20);
    expectAtLeastAsGood(comparison, 5);
    expect(comparison.violations).toBe(0);
  });
});

describe('selectOffset()', () => {
  const usual: DelaySummary = { fastestNs: 1000, tenthNs: 1050, medianNs: 1200, batches: 32 };
  const quick: Delays[] = Array.from({ length: 25 }, () => [500, 500]);

  test('has the sign and all digits of device − system clock, also for a device that is behind by centuries', () => {
    for (const shift of [37_000_000_123n, -37_000_000_123n, -(10n ** 17n), 10n ** 17n]) {
      const base = batchOf([[400, 600]]);
      const readings = base.readings.map((r) => ({ ...r, deviceNs: r.beforeNs + 500n + shift }));
      const selection = selected({ ...base, readings });
      expect(selection.deviceNs - selection.realtimeNs).toBe(shift);
      expect(selection.offsetNs).toBe(Number(shift));
    }
  });

  test('places the sample in the middle of the narrowest bracket, on both system clocks', () => {
    const selection = selected(
      batchOf([
        [900, 900],
        [300, 300],
        [700, 900],
      ]),
    );
    expect(selection.realtimeNs).toBe(START_NS + 100n + 1800n + 30n + 2n + 300n);
    expect(selection.monotonicRawNs).toBe(selection.realtimeNs - RAW_SHIFT_NS);
    expect(selection.bracketNs).toBe(600);
  });

  test('gives the same sample whether the stamps are of CLOCK_REALTIME or CLOCK_MONOTONIC_RAW', () => {
    const random = seededRandom(3);
    const delays: Delays[] = Array.from({ length: 25 }, () => [
      500 + exponential(random, 90),
      400 + exponential(random, 90),
    ]);
    const realtime = selected(batchOf(delays));
    const raw = selected(batchOf(delays, { systemClock: 'CLOCK_MONOTONIC_RAW' }));
    expect(raw.realtimeNs).toBe(realtime.realtimeNs);
    expect(raw.monotonicRawNs).toBe(realtime.monotonicRawNs);
    expect(raw.offsetNs).toBeCloseTo(realtime.offsetNs, 3);
    // The pairs' width is part of whichever clock the stamps are not of.
    expect(realtime.rawErrorBoundNs - realtime.errorBoundNs).toBeCloseTo(20);
    expect(raw.errorBoundNs - raw.rawErrorBoundNs).toBeCloseTo(20);
  });

  test('bounds a lone PRECISE reading by the stamps’ resolution', () => {
    const base = batchOf([[0, 0]], { pairWidthNs: 0 });
    const [r] = base.readings;
    const pair = { realtimeNs: r?.beforeNs ?? 0n, monotonicRawNs: (r?.beforeNs ?? 0n) - RAW_SHIFT_NS, widthNs: 0 };
    const selection = selected({ ...base, method: 'PRECISE', pairBefore: pair, pairAfter: pair });
    expect(selection).toMatchObject({ bracketNs: 0, errorBoundNs: 1, rawErrorBoundNs: 1, quality: 'good' });
  });

  test('rejects an empty batch', () => {
    expect(selectOffset(batchOf([]))).toMatchObject({ kind: 'rejected', cause: 'empty' });
  });

  test('rejects the whole batch for one bracket below zero', () => {
    const base = batchOf(quick);
    const readings = base.readings.map((r, i) => (i === 7 ? { ...r, afterNs: r.beforeNs - 1n } : r));
    const selection = selectOffset({ ...base, readings });
    expect(selection).toMatchObject({ kind: 'rejected', cause: 'backwards' });
    expect(selection).toHaveProperty('reason', expect.stringContaining('-1 ns'));
  });

  test('rejects a batch during which CLOCK_REALTIME was stepped, forward or back, for stamps of either clock', () => {
    for (const systemClock of ['CLOCK_REALTIME', 'CLOCK_MONOTONIC_RAW'] as const) {
      for (const stepNs of [10_000n, -10_000n]) {
        const base = batchOf(quick, { systemClock });
        const pairAfter = { ...base.pairAfter, realtimeNs: base.pairAfter.realtimeNs + stepNs };
        expect(selectOffset({ ...base, pairAfter })).toMatchObject({ kind: 'rejected', cause: 'stepped' });
      }
    }
  });

  test('rejects a batch during which the device was stepped', () => {
    const base = batchOf(quick);
    const readings = base.readings.map((r, i) => (i < 12 ? r : { ...r, deviceNs: r.deviceNs + 5000n }));
    expect(selectOffset({ ...base, readings })).toMatchObject({ kind: 'rejected', cause: 'contradictory' });
  });

  test('rejects a batch whose every bracket is many times the usual one, and says how many', () => {
    const slow = batchOf(Array.from({ length: 25 }, (): Delays => [30_000, 30_000]));
    expect(selectOffset(slow, usual)).toMatchObject({ kind: 'rejected', cause: 'slow' });
    expect(selectOffset(slow, usual)).toHaveProperty('reason', expect.stringContaining('60 times'));
    expect(selected(slow).quality).toBe('good');
  });

  test('calls a batch poor whose narrowest bracket is twice the usual one', () => {
    const doubled = batchOf(Array.from({ length: 25 }, (): Delays => [1000, 1000]));
    expect(selected(doubled, usual).quality).toBe('poor');
    expect(selected(batchOf(quick), usual).quality).toBe('good');
  });

  test('one quick reading makes a slow batch good', () => {
    const stolen = batchOf(Array.from({ length: 25 }, (_, i): Delays => (i === 20 ? [500, 500] : [40_000, 9000])));
    expect(selected(stolen, usual)).toMatchObject({ quality: 'good', bracketNs: 1000 });
  });

  test('keeps its bound in a batch drawn out over ms on a device that is 400 ppm off, and is better when it knows', () => {
    for (const ppb of [-400_000, 400_000]) {
      let [unknowing, knowing] = [0, 0];
      for (let seed = 1; seed <= 200; seed++) {
        const batch = driftingBatch(seededRandom(seed), ppb);
        for (const rate of [undefined, { ratePpb: ppb, uncertaintyPpb: 100 }]) {
          const selection = selectOffset(batch, undefined, rate);
          if (selection.kind === 'rejected') throw new Error(selection.reason);
          const drifted = Number(selection.realtimeNs - START_NS) * ppb * 1e-9;
          const error = Math.abs(selection.offsetNs - Number(TRUE_OFFSET_NS) - drifted);
          expect(error).toBeLessThanOrEqual(selection.errorBoundNs);
          if (rate === undefined) unknowing += error;
          else knowing += error;
        }
      }
      expect(knowing).toBeLessThan(0.7 * unknowing);
    }
  });

  test.each([-83_333, -500, 40, 500, 83_333])('keeps its bound while the system clock is slewed by %d ppm', (ppm) => {
    const random = seededRandom(11 + ppm);
    for (let k = 0; k < 500; k++) {
      // The slew begins, or ends, somewhere in or around the batch.
      const [edge, begins] = [random() * 60_000 - 10_000, random() < 0.5];
      const slewed = (ns: number) => ppm * 1e-6 * (begins ? Math.max(0, ns - edge) : Math.min(0, ns - edge));
      const batch = slewedBatch(random, slewed);
      const selection = selectOffset(batch);
      if (selection.kind === 'rejected') {
        expect(selection.cause).not.toBe('backwards');
        continue;
      }
      // The truth at the sample's instant: where the slewed clock showed it.
      const shown = Number(selection.realtimeNs - START_NS);
      let true_ = shown;
      for (let i = 0; i < 8; i++) true_ = shown - slewed(true_);
      const error = selection.offsetNs - Number(TRUE_OFFSET_NS) - (true_ - shown);
      // A slew that the pairs cannot show adds up to its rate × half the bracket: the documented term.
      const within = (Math.abs(ppm) * 1e-6 * selection.bracketNs) / 2 + 1;
      expect(Math.abs(error)).toBeLessThanOrEqual(selection.errorBoundNs + within);
    }
  });
});

/** A batch of CLOCK_MONOTONIC_RAW stamps, drawn out by stolen time, of a device that is fast by `ppb`. */
function driftingBatch(random: Random, ppb: number): ReadingBatch {
  const stolen = (): Delays => [
    500 + exponential(random, 300),
    500 + exponential(random, 300) + (random() < 0.5 ? 800_000 * random() : 0),
  ];
  const base = batchOf(Array.from({ length: 25 }, stolen), { systemClock: 'CLOCK_MONOTONIC_RAW' });
  const readings = base.readings.map((r) => {
    const sinceNs = Number(r.deviceNs - START_NS - TRUE_OFFSET_NS);
    return { ...r, deviceNs: r.deviceNs + BigInt(Math.round(sinceNs * ppb * 1e-9)) };
  });
  return { ...base, readings };
}

/** A batch of CLOCK_REALTIME stamps that are off by `slewed` at each true instant. */
function slewedBatch(random: Random, slewed: (ns: number) => number): ReadingBatch {
  const stamp = (ns: number) => START_NS + BigInt(Math.round(ns + slewed(ns)));
  let now = 100;
  const readings = Array.from({ length: 25 }, () => {
    const [forward, back] = [500 + exponential(random, 300), 500 + exponential(random, 300)];
    const reading = {
      beforeNs: stamp(now),
      deviceNs: START_NS + BigInt(Math.round(now + forward)) + TRUE_OFFSET_NS,
      afterNs: stamp(now + forward + back),
    };
    now += forward + back + 30;
    return reading;
  });
  const pair = (ns: number) => ({
    realtimeNs: stamp(ns),
    monotonicRawNs: START_NS - RAW_SHIFT_NS + BigInt(Math.round(ns + 40 * (random() - 0.5))),
    widthNs: 40,
  });
  return { method: 'BASIC', systemClock: 'CLOCK_REALTIME', readings, pairBefore: pair(0), pairAfter: pair(now + 50) };
}
