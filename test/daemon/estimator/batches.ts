import type { ReadingBatch } from '../../../src/ioctl/reading.js';
import { exponential, normal, pareto, type Random } from '../../support/random.js';

/** Time from the system clock's stamp to the device's and from there to the next stamp, ns. */
export type Delays = readonly [forward: number, back: number];

/** Device − system clock in the synthetic batches, ns: 37 s and a bit, so that a sign or a unit cannot hide. */
export const TRUE_OFFSET_NS = 37_000_000_437n;

/** An instant to start from, ns since 1970. */
export const START_NS = 1_790_000_000_000_000_000n;

/** CLOCK_REALTIME − CLOCK_MONOTONIC_RAW of the synthetic batches, ns. */
export const RAW_SHIFT_NS = 1_789_000_000_000_000_000n;

/** What a batch is made of besides its delays. */
export interface BatchOptions {
  readonly startNs?: bigint;
  readonly pairWidthNs?: number;
  /** The stamps of both clocks are rounded down to multiples of this, ns. */
  readonly tickNs?: number;
  /** The device's stamps are, in place of that, rounded down to multiples of this, ns. */
  readonly deviceTickNs?: number;
  readonly systemClock?: ReadingBatch['systemClock'];
}

/** A BASIC batch with the given delays; stamps are whole ns. */
export function batchOf(delays: readonly Delays[], options: BatchOptions = {}): ReadingBatch {
  const { startNs = START_NS, pairWidthNs = 40, tickNs = 1, systemClock = 'CLOCK_REALTIME' } = options;
  const { deviceTickNs = tickNs } = options;
  const shift = systemClock === 'CLOCK_REALTIME' ? 0n : RAW_SHIFT_NS;
  const stamp = (ns: number, tick = tickNs) => startNs + BigInt(Math.floor(ns / tick) * tick);
  const phase = Number(TRUE_OFFSET_NS % 1000n);
  let now = 100;
  const readings = delays.map(([forward, back]) => {
    const reading = {
      beforeNs: stamp(now) - shift,
      // The device's tick is not in phase with the system clock's.
      deviceNs: stamp(now + forward + phase, deviceTickNs) + TRUE_OFFSET_NS - BigInt(phase),
      afterNs: stamp(now + forward + back) - shift,
    };
    now += forward + back + 30 + (now % 7);
    return reading;
  });
  const pair = (ns: number) => ({
    realtimeNs: startNs + BigInt(Math.round(ns)),
    monotonicRawNs: startNs - RAW_SHIFT_NS + BigInt(Math.round(ns)),
    widthNs: pairWidthNs,
  });
  return { method: 'BASIC', systemClock, readings, pairBefore: pair(0), pairAfter: pair(now + 50) };
}

/** A shape of delays: gives the delays of batch number k. */
export interface Shape {
  readonly name: string;
  readonly tickNs?: number;
  readonly deviceTickNs?: number;
  delays(random: Random, k: number): Delays[];
}

const READINGS = 25;

function each(make: () => Delays): Delays[] {
  return Array.from({ length: READINGS }, make);
}

/** The shapes over which selection is measured. */
export const SHAPES: readonly Shape[] = [
  { name: 'symmetric exponential', delays: (r) => each(() => [500 + exponential(r, 100), 500 + exponential(r, 100)]) },
  { name: 'symmetric, wide', delays: (r) => each(() => [500 + exponential(r, 1000), 500 + exponential(r, 1000)]) },
  {
    name: 'spikes before only',
    delays: (r) =>
      each(() => [500 + exponential(r, 20) + (r() < 0.5 ? pareto(r, 300, 1.2) : 0), 500 + exponential(r, 20)]),
  },
  {
    name: 'spikes after only',
    delays: (r) =>
      each(() => [500 + exponential(r, 20), 500 + exponential(r, 20) + (r() < 0.5 ? pareto(r, 300, 1.2) : 0)]),
  },
  {
    name: 'heavy tail before',
    delays: (r) => each(() => [500 + pareto(r, 300, 1.5), 500 + 10 * normal(r) ** 2]),
  },
  {
    name: 'bimodal, asymmetric',
    delays: (r) =>
      each(() => {
        const slow = r() < 0.4 ? 0 : 400;
        return [400 + slow * 0.8 + exponential(r, 30), 400 + slow * 0.2 + exponential(r, 30)];
      }),
  },
  {
    name: 'bimodal, fast is rare',
    delays: (r) =>
      each(() => {
        const slow = r() < 0.03 ? 0 : 400;
        return [400 + slow * 0.8 + exponential(r, 30), 400 + slow * 0.2 + exponential(r, 30)];
      }),
  },
  {
    name: 'no sharp floor',
    delays: (r) => each(() => [Math.max(50, 500 + 50 * normal(r)), Math.max(50, 500 + 50 * normal(r))]),
  },
  {
    name: 'width constant, middle noisy',
    delays: (r) =>
      each(() => {
        const width = 1000 + exponential(r, 50);
        const part = Math.min(0.95, Math.max(0.05, 0.5 + 0.1 * normal(r)));
        return [width * part, width * (1 - part)];
      }),
  },
  {
    name: 'device anywhere in bracket',
    delays: (r) =>
      each(() => {
        const width = 1000 + exponential(r, 50);
        const part = r();
        return [width * part, width * (1 - part)];
      }),
  },
  {
    name: 'level shifts',
    delays: (r, k) => {
      const level = (k >> 6) & 1 ? 3000 : 500;
      return each(() => [level + exponential(r, 100), level + exponential(r, 100)]);
    },
  },
  {
    name: 'stolen time, batch slow',
    delays: (r) => {
      const stolen = r() < 0.05 ? 50_000 : 0;
      return each(() => [500 + exponential(r, 100) + stolen * r(), 500 + exponential(r, 100) + stolen * r()]);
    },
  },
  {
    name: 'stamps in 100 ns',
    tickNs: 100,
    delays: (r) => each(() => [60 + exponential(r, 20), 60 + exponential(r, 20)]),
  },
  {
    name: 'stamps in 1 us',
    tickNs: 1000,
    delays: (r) => each(() => [600 + exponential(r, 200), 600 + exponential(r, 200)]),
  },
  {
    name: 'device stamps in 1 us',
    deviceTickNs: 1000,
    delays: (r) => each(() => [60 + exponential(r, 50), 60 + exponential(r, 50)]),
  },
  { name: 'zero width', delays: () => each(() => [0, 0]) },
  { name: 'PRECISE, one reading', delays: () => [[0, 0]] },
];
