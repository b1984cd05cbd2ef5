import { describe, expect, test } from '@jest/globals';
import {
  JumpDetector,
  type JumpDetectorOptions,
  type JumpVerdict,
} from '../../../src/daemon/estimator/jump-detector.js';
import { Track } from '../../../src/daemon/estimator/track.js';
import { normal, type Random, seededRandom } from '../../support/random.js';

const RAW_NS = 5_123_456_789n;
const DEVICE_NS = 1_790_000_000_123_456_789n;
const PERIOD_NS = 200_000_000;

/** A host with readings every 200 ms whose errors stay within their bounds. */
class Rig {
  readonly track = new Track();
  readonly detector: JumpDetector;
  #k = 0;

  constructor(
    readonly random: Random,
    readonly off: (ns: number) => number,
    readonly errorNs = 500,
    options?: JumpDetectorOptions,
    readonly periodNs = PERIOD_NS,
  ) {
    this.detector = new JumpDetector(this.track, options);
  }

  get nowNs(): number {
    return this.#k * this.periodNs;
  }

  next(glitchNs = 0): JumpVerdict {
    const ns = this.nowNs;
    this.#k += 1;
    // Mostly small, now and then anything that the bracket allows.
    const spread =
      this.random() < 0.05 ? this.errorNs * (2 * this.random() - 1) : (normal(this.random) * this.errorNs) / 8;
    const error = Math.max(-this.errorNs, Math.min(this.errorNs, spread));
    return this.detector.judge({
      monotonicRawNs: RAW_NS + BigInt(ns),
      deviceNs: DEVICE_NS + BigInt(ns) + BigInt(Math.round(this.off(ns) + error + glitchNs)),
      rawErrorBoundNs: this.errorNs + 1,
    });
  }

  run(count: number): JumpVerdict[] {
    return Array.from({ length: count }, () => this.next());
  }
}

/** Readings from the event until the jump is called; undefined when it is not within `count`. */
function confirmedAfter(rig: Rig, count: number): number | undefined {
  const index = rig.run(count).findIndex((v) => v.state === 'jumped');
  return index < 0 ? undefined : index + 1;
}

describe('JumpDetector', () => {
  test.each([
    [500, 10_000],
    [500, -10_000],
    [500, 1e6],
    [500, -2e11],
    [5000, 100_000],
    [30, 1000],
    [30, -1000],
  ])(
    'brackets of ±%d ns: calls a step of %d ns after exactly three readings, and never sends in between',
    (errorNs, step) => {
      for (let seed = 1; seed <= 50; seed++) {
        const rig = new Rig(seededRandom(seed), (ns) => 12e-6 * ns + (ns >= 20e9 ? step : 0), errorNs);
        expect(rig.run(100).every((v) => v.state === 'consistent')).toBe(true);
        const verdicts = rig.run(4);
        expect(verdicts.map((v) => v.state)).toEqual(['suspect', 'suspect', 'jumped', 'jumped']);
        expect(verdicts[2]?.cause).toBe('step');
        expect(Math.abs((verdicts[2]?.stepNs ?? 0) - step)).toBeLessThan(4 * errorNs);
      }
    },
  );

  test.each([40, -40, 50, 300])('calls a sudden change of rate of %d ppm within 2 s at 5 Hz', (ppm) => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = seededRandom(seed);
      const at = 20e9 + random() * PERIOD_NS;
      const rig = new Rig(random, (ns) => -7e-6 * ns + ppm * 1e-6 * Math.max(0, ns - at));
      rig.run(101);
      expect(confirmedAfter(rig, 10)).toBeLessThanOrEqual(10);
    }
  });

  test('calls a jump that changes both', () => {
    const rig = new Rig(seededRandom(1), (ns) => (ns < 20e9 ? 0 : 15_000 + 10e-6 * (ns - 20e9)));
    rig.run(100);
    expect(confirmedAfter(rig, 5)).toBe(3);
  });

  test.each([10, -20, 30])('follows a sudden change of %d ppm as a slew of the host, and tells it', (ppm) => {
    const rig = new Rig(seededRandom(2), (ns) => ppm * 1e-6 * Math.max(0, ns - 20.1e9));
    rig.run(100);
    const verdicts = rig.run(50);
    expect(verdicts.some((v) => v.state === 'jumped')).toBe(false);
    const slew = verdicts.find((v) => v.cause === 'slew');
    expect(Math.abs((slew?.rateChangePpb ?? 0) - ppm * 1000)).toBeLessThan(4000);
    expect(verdicts.slice(-10).every((v) => v.state === 'consistent')).toBe(true);
    expect(Math.abs((rig.track.rate?.ratePpb ?? 0) - ppm * 1000)).toBeLessThan(1000);
  });

  test('comes back to consistent after one glitch, and after two that do not agree', () => {
    for (const glitches of [[50_000], [50_000, -80_000], [1e9, 3e9]]) {
      const rig = new Rig(seededRandom(3), (ns) => 5e-6 * ns);
      rig.run(50);
      for (const glitch of glitches) expect(rig.next(glitch).state).toBe('suspect');
      expect(rig.next()).toMatchObject({ state: 'consistent', cause: 'glitch' });
      expect(rig.next().cause).toBeUndefined();
    }
  });

  test('readings that agree with nothing stay suspect for as long as they do', () => {
    const random = seededRandom(4);
    const rig = new Rig(random, () => 0);
    rig.run(50);
    for (let k = 0; k < 100; k++) expect(rig.next(1e9 * (1 + random())).state).toBe('suspect');
    expect(rig.next().state).toBe('consistent');
    for (let k = 0; k < 100; k++) expect(rig.next(k % 2 === 0 ? 500_000 : 200_000).state).toBe('suspect');
    expect(rig.next().state).toBe('consistent');
  });

  test('no false alarm in 100000 readings of hosts whose NTP slews by tens of ppm, suddenly and slowly', () => {
    let [jumped, suspects, readings] = [0, 0, 0];
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed * 77);
      // Slews of 1 … 40 s at up to 30 ppm, on a rate that swings slowly by ± 50 ppm.
      let [rate, until, offset] = [0, 0, 0];
      const rig = new Rig(
        random,
        (ns) => {
          if (ns >= until) {
            // A host may go from one slew to the opposite one only through none.
            rate = rate === 0 ? 60e-6 * (random() - 0.5) : 0;
            until = ns + 1e9 + 39e9 * random();
          }
          const swing = 50e-6 * Math.sin((2 * Math.PI * ns) / 900e9);
          offset += (rate + swing) * PERIOD_NS;
          return offset;
        },
        [30, 500, 2000][seed % 3],
      );
      for (let k = 0; k < 5000; k++) {
        const verdict = rig.next();
        readings += 1;
        if (verdict.state === 'jumped') jumped += 1;
        if (verdict.state === 'suspect') suspects += 1;
      }
    }
    expect(readings).toBe(100_000);
    expect(jumped).toBe(0);
    expect(suspects).toBeLessThan(0.05 * readings);
  });

  test('no false alarm, and hardly a suspect, on a steady host at 1 Hz and every 16 s', () => {
    for (const periodNs of [1e9, 16e9]) {
      const rig = new Rig(seededRandom(9), (ns) => 33e-6 * ns, 500, {}, periodNs);
      const verdicts = rig.run(3000);
      expect(verdicts.filter((v) => v.state !== 'consistent')).toEqual([]);
    }
  });

  test('a slew that began and ended between two readings far apart is no jump', () => {
    const rig = new Rig(seededRandom(10), (ns) => 20e-6 * Math.min(4e9, Math.max(0, ns - 800e9 - 5e9)), 500, {}, 16e9);
    expect(rig.run(100).some((v) => v.state === 'jumped')).toBe(false);
  });

  test('refuses options out of range', () => {
    expect(() => new JumpDetector(new Track(), { confirmations: 2 })).toThrow('confirmations');
    expect(() => new JumpDetector(new Track(), { maxHostSlewPpm: -1 })).toThrow('maxHostSlewPpm');
  });

  test('follows a change of rate of any size where it is told that this is no jump, and still calls steps', () => {
    const [rate, step] = [8000e-6, 3e6];
    const off = (ns: number): number => (ns < 10e9 ? 0 : (ns - 10e9) * rate + (ns < 20e9 ? 0 : step));
    const rig = new Rig(seededRandom(3), off, 500, { rateIsJump: false });
    const verdicts = rig.run(100);
    expect(verdicts.filter((v) => v.state === 'jumped')).toEqual([]);
    expect(verdicts.slice(60).every((v) => v.state === 'consistent')).toBe(true);
    expect(confirmedAfter(rig, 5)).toBe(3);
  });
});
