import { describe, expect, test } from '@jest/globals';
import { Track } from '../../../src/daemon/estimator/track.js';
import { normal, seededRandom } from '../../support/random.js';

const RAW_NS = 5_123_456_789n;
const DEVICE_NS = 1_790_000_000_123_456_789n;

/** Adds a point at `ns` after the start, `off` ns from the line that has no rate. */
function add(track: Track, ns: number, off: number, rawErrorBoundNs = 500): boolean {
  return track.add({
    monotonicRawNs: RAW_NS + BigInt(ns),
    deviceNs: DEVICE_NS + BigInt(ns) + BigInt(Math.round(off)),
    rawErrorBoundNs,
  });
}

/** Prediction error of a track at `ns`, where the truth is `off`. */
function errorAt(track: Track, ns: number, off: number): number {
  const prediction = track.predict(RAW_NS + BigInt(ns));
  return Number((prediction?.deviceNs ?? 0n) - DEVICE_NS - BigInt(ns)) - off;
}

describe('Track', () => {
  test('knows nothing without points', () => {
    const track = new Track();
    expect(track.rate).toBeUndefined();
    expect(track.predict(RAW_NS)).toBeUndefined();
    expect(track.newestNs).toBeUndefined();
  });

  test('is wide, not absent, with one point', () => {
    const track = new Track();
    add(track, 0, 0);
    expect(track.rate).toEqual({ ratePpb: 0, uncertaintyPpb: 500_000, hardUncertaintyPpb: 500_000 });
    expect(track.predict(RAW_NS + 1_000_000_000n)).toEqual({
      deviceNs: DEVICE_NS + 1_000_000_000n,
      uncertaintyNs: 500_500,
      hardUncertaintyNs: 500_500,
    });
  });

  test('takes from two points what their brackets prove, with the sign of a fast device', () => {
    const track = new Track();
    add(track, 0, 0);
    add(track, 1e9, 40_000);
    expect(track.rate?.ratePpb).toBeCloseTo(40_000, 6);
    expect(track.rate?.uncertaintyPpb).toBeCloseTo(1000, 6);
  });

  test('does not believe a rate beyond 500 ppm from two points close together', () => {
    const track = new Track();
    add(track, 0, 0);
    add(track, 100_000, 400);
    expect(Math.abs(track.rate?.ratePpb ?? 0)).toBeLessThanOrEqual(500_000);
    expect(track.rate?.uncertaintyPpb).toBeLessThanOrEqual(500_000);
  });

  test('leaves out a point that is not later than the newest', () => {
    const track = new Track();
    expect(add(track, 1000, 0)).toBe(true);
    expect(add(track, 1000, 0)).toBe(false);
    expect(add(track, 0, 0)).toBe(false);
    expect(track.points).toBe(1);
    expect(track.newestNs).toBe(RAW_NS + 1000n);
  });

  test('its uncertainties hold in 300 runs of 5, 20 and 200 points', () => {
    let [missedRate, missedOffset, runs] = [0, 0, 0];
    for (let seed = 1; seed <= 100; seed++) {
      for (const points of [5, 20, 200]) {
        const random = seededRandom(seed * 1000 + points);
        const ratePpb = 100_000 * (random() - 0.5);
        const asymmetry = 600 * (random() - 0.5);
        const track = new Track();
        for (let k = 0; k < points; k++) {
          add(
            track,
            k * 2e8,
            ratePpb * 1e-9 * k * 2e8 + asymmetry + Math.max(-200, Math.min(200, 60 * normal(random))),
          );
        }
        runs += 1;
        const rate = track.rate;
        if (Math.abs((rate?.ratePpb ?? 0) - ratePpb) > (rate?.uncertaintyPpb ?? 0)) missedRate += 1;
        const ns = points * 2e8 + 1e9;
        const prediction = track.predict(RAW_NS + BigInt(ns));
        const error = errorAt(track, ns, ratePpb * 1e-9 * ns);
        if (Math.abs(error) > (prediction?.uncertaintyNs ?? 0)) missedOffset += 1;
        expect(Math.abs(error)).toBeLessThanOrEqual(prediction?.hardUncertaintyNs ?? 0);
      }
    }
    expect(runs).toBe(300);
    // Three standard deviations: 0.3 % are expected outside, and history that was shortened for nothing a few more.
    expect(missedRate).toBeLessThanOrEqual(4);
    expect(missedOffset).toBe(0);
  });

  test('knows the rate to 0.2 ppm after a second at 50 ns of noise', () => {
    const random = seededRandom(5);
    const track = new Track();
    for (let k = 0; k <= 20; k++) add(track, k * 5e7, 0.012345 * k * 5e4 + 50 * normal(random));
    expect(Math.abs((track.rate?.ratePpb ?? 0) - 12_345)).toBeLessThan(200);
    expect(track.rate?.uncertaintyPpb).toBeLessThan(200);
  });

  test('keeps 64 points that reach back to the start of a day, and its ns', () => {
    const track = new Track();
    const off = (ns: number) => 17e-6 * ns;
    for (let k = 0; k <= 5400; k++) add(track, k * 16e9, off(k * 16e9), 10);
    expect(track.points).toBe(64);
    expect(track.spanNs).toBeGreaterThan(40_000e9);
    expect(Math.abs(errorAt(track, 5401 * 16e9, off(5401 * 16e9)))).toBeLessThan(2);
  });

  test.each([1, 5, 40, 500])('follows a sudden change of rate of %d ppm', (ppm) => {
    const random = seededRandom(6);
    const track = new Track();
    const off = (ns: number) => ppm * 1e-6 * Math.max(0, ns - 60e9);
    for (let k = 0; k < 300; k++) add(track, k * 2e8, off(k * 2e8) + 30 * normal(random));
    for (let k = 300; k < 350; k++) add(track, k * 2e8, off(k * 2e8) + 30 * normal(random));
    // Ten seconds after the change: without dropping what was before, a line over 70 s would be far off.
    expect(Math.abs((track.rate?.ratePpb ?? 0) - ppm * 1000)).toBeLessThan(60);
    expect(Math.abs(errorAt(track, 350 * 2e8, off(350 * 2e8)))).toBeLessThan(100);
  });

  test('follows a host whose rate swings by 20 ppm within minutes to a part of the bracket', () => {
    const random = seededRandom(7);
    const track = new Track();
    const off = (ns: number) => ((20e-6 * 120e9) / (2 * Math.PI)) * Math.sin((2 * Math.PI * ns) / 120e9);
    let worst = 0;
    for (let k = 0; k < 3000; k++) {
      if (k > 20) worst = Math.max(worst, Math.abs(errorAt(track, k * 2e8, off(k * 2e8))));
      add(track, k * 2e8, off(k * 2e8) + 30 * normal(random));
    }
    expect(worst).toBeLessThan(700);
  });

  test('is not shortened for nothing: a straight line keeps most of its minute', () => {
    const spans = Array.from({ length: 21 }, (_, seed) => {
      const random = seededRandom(seed);
      const track = new Track();
      for (let k = 0; k < 300; k++) add(track, k * 2e8, 30 * normal(random));
      return track.spanNs;
    });
    spans.sort((a, b) => a - b);
    expect(spans[10]).toBeGreaterThan(45e9);
    expect(spans[0]).toBeGreaterThan(15e9);
  });
});
