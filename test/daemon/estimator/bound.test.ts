import { describe, expect, test } from '@jest/globals';
import { bound } from '../../../src/daemon/estimator/bound.js';
import { DelayQuantiles } from '../../../src/daemon/estimator/delay-quantiles.js';
import { selectOffset } from '../../../src/daemon/estimator/select-offset.js';
import { Track } from '../../../src/daemon/estimator/track.js';
import { exponential, pareto, seededRandom } from '../../support/random.js';
import { batchOf, type Delays, RAW_SHIFT_NS, START_NS, TRUE_OFFSET_NS } from './batches.js';

describe('bound()', () => {
  test('is the sum of its documented terms', () => {
    const input = {
      errorBoundNs: 500,
      ageNs: 2e9,
      host: { maxErrorNs: 30_000, maxErrorRatePpb: 50 },
      rateUncertaintyPpb: 100,
      unfollowedRatePpb: -2000,
      maxDriftPpm: 1,
    };
    const { boundNs, readingNs, hostNs, growthNs, includesHost } = bound(input);
    expect(readingNs).toBe(500);
    expect(hostNs).toBeCloseTo(30_100, 6);
    expect(growthNs).toBeCloseTo(6200, 6);
    expect(boundNs).toBeCloseTo(36_800, 6);
    expect(includesHost).toBe(true);
  });

  test('says when the host’s error is not in it', () => {
    expect(bound({ errorBoundNs: 500, ageNs: 0 })).toMatchObject({ boundNs: 500, hostNs: 0, includesHost: false });
  });

  test('grows by 1 ppm of the age by default', () => {
    expect(bound({ errorBoundNs: 0, ageNs: 1e9 }).growthNs).toBeCloseTo(1000, 6);
  });

  test.each([
    ['errorBoundNs', { errorBoundNs: -1, ageNs: 0 }],
    ['ageNs', { errorBoundNs: 1, ageNs: -1 }],
    ['ageNs', { errorBoundNs: 1, ageNs: Number.NaN }],
    ['rateUncertaintyPpb', { errorBoundNs: 1, ageNs: 1, rateUncertaintyPpb: Number.POSITIVE_INFINITY }],
    ['host.maxErrorNs', { errorBoundNs: 1, ageNs: 1, host: { maxErrorNs: -1, maxErrorRatePpb: 0 } }],
  ])('refuses an impossible %s', (name, input) => {
    expect(() => bound(input)).toThrow(new RegExp(`bound: ${name.replace('.', '\\.')} must be`));
  });

  test('is never exceeded in 200 simulated runs of a guest whose system clock is slewed and whose host is off', () => {
    let [checks, violations, tightest] = [0, 0, Number.POSITIVE_INFINITY];
    for (let seed = 1; seed <= 200; seed++) {
      const random = seededRandom(seed);
      const devicePpb = 40_000 * (random() - 0.5);
      const wanderPpb = 1800 * (random() - 0.5);
      const systemPpb = 100_000 * (random() - 0.5);
      const hostErrorNs = 20_000 * (random() - 0.5);
      const delays = new DelayQuantiles();
      const track = new Track();
      // A second of raw time is a second here; true time is the device's less the host's error.
      for (let k = 0; k < 25; k++) {
        const at = k * 200_000_000;
        const device = (ns: number) => devicePpb * 1e-9 * ns + wanderPpb * 1e-9 * Math.max(0, ns - 2.5e9);
        const system = (ns: number) => systemPpb * 1e-9 * ns;
        const batch = simulatedBatch(random, at, device, system);
        const selection = selectOffset(batch, delays.summary, track.rate);
        delays.add(batch);
        if (selection.kind === 'rejected') continue;
        track.add(selection);
        for (const age of [0, 1e6, 150e6, 5e9]) {
          const offset = (ns: number) => Number(TRUE_OFFSET_NS) + device(ns) - hostErrorNs - system(ns);
          const takenAt = Number(selection.monotonicRawNs - (START_NS - RAW_SHIFT_NS));
          const error = offset(takenAt + age) - selection.offsetNs;
          const rate = track.rate;
          const { boundNs } = bound({
            errorBoundNs: selection.errorBoundNs,
            ageNs: age,
            host: { maxErrorNs: 10_000, maxErrorRatePpb: 0 },
            rateUncertaintyPpb: rate?.uncertaintyPpb ?? 500_000,
            unfollowedRatePpb: (rate?.ratePpb ?? 0) - systemPpb,
          });
          checks += 1;
          if (Math.abs(error) > boundNs) violations += 1;
          tightest = Math.min(tightest, boundNs - Math.abs(error));
        }
      }
    }
    expect(checks).toBeGreaterThan(15_000);
    expect(violations).toBe(0);
    // The bound is not just huge: it has been nearly used up.
    expect(tightest).toBeLessThan(600);
  });
});

function simulatedBatch(
  random: () => number,
  atNs: number,
  device: (ns: number) => number,
  system: (ns: number) => number,
) {
  const startNs = START_NS + BigInt(atNs);
  const slow = random() < 0.1 ? 30_000 : 0;
  const make = (): Delays => [
    500 + exponential(random, 100) + slow * random(),
    500 + (random() < 0.3 ? pareto(random, 300, 1.3) : 0) + slow * random(),
  ];
  const base = batchOf(Array.from({ length: 25 }, make), { startNs });
  const since = (ns: bigint) => Number(ns - START_NS);
  const shown = (ns: bigint) => ns + BigInt(Math.round(system(since(ns))));
  const readings = base.readings.map((r) => {
    const deviceAt = r.deviceNs - TRUE_OFFSET_NS;
    return {
      beforeNs: shown(r.beforeNs),
      deviceNs: r.deviceNs + BigInt(Math.round(device(since(deviceAt)))),
      afterNs: shown(r.afterNs),
    };
  });
  const pair = (p: typeof base.pairBefore) => ({ ...p, realtimeNs: shown(p.realtimeNs) });
  return { ...base, readings, pairBefore: pair(base.pairBefore), pairAfter: pair(base.pairAfter) };
}
