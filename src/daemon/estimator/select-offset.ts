import type { ReadingBatch } from '../../ioctl/reading.js';
import { type Combined, combineLimits, type Limits } from './combine-limits.js';
import type { DelaySummary } from './delay-quantiles.js';
import { type ClockRelation, realtimeMinusRaw, relateClocks } from './relate-clocks.js';
import { stampResolutionNs } from './stamp-resolution.js';

/** The best that a batch says about how the device stands to the system clock. */
export interface SelectedOffset {
  readonly kind: 'selected';
  /** CLOCK_REALTIME at the instant of the sample, ns since 1970. */
  readonly realtimeNs: bigint;
  /** CLOCK_MONOTONIC_RAW at that instant, ns. */
  readonly monotonicRawNs: bigint;
  /** The device's time at that instant, ns, rounded; exact where `offsetNs` is too large to be. */
  readonly deviceNs: bigint;
  /** Device − CLOCK_REALTIME, ns: positive when the system clock is behind. Exact to the ns up to ±2^53. */
  readonly offsetNs: number;
  /** Width of the narrowest bracket, ns, >= 0. */
  readonly bracketNs: number;
  /** |true device − CLOCK_REALTIME − offsetNs| is at most this, ns. See `selectOffset`. */
  readonly errorBoundNs: number;
  /** The same for device − CLOCK_MONOTONIC_RAW, that is for (monotonicRawNs, deviceNs) as a point of a track. */
  readonly rawErrorBoundNs: number;
  /** 'poor': true to its bound, yet that is wider than usual, or the readings contradict each other a little. */
  readonly quality: 'good' | 'poor';
}

/** A batch that must not be used. */
export interface RejectedBatch {
  readonly kind: 'rejected';
  readonly cause: 'empty' | 'backwards' | 'stepped' | 'contradictory' | 'slow';
  /** A sentence for people, with the numbers. */
  readonly reason: string;
}

export type Selection = SelectedOffset | RejectedBatch;

/** What is known about the device's rate against CLOCK_MONOTONIC_RAW. */
export interface DeviceRate {
  /** Rate − 1, ppb. */
  readonly ratePpb: number;
  /** ± this, ppb. */
  readonly uncertaintyPpb: number;
}

/** Nothing known: no clock that is read as a PHC is worse than 500 ppm. */
const UNKNOWN_RATE: DeviceRate = { ratePpb: 0, uncertaintyPpb: 500_000 };

/** A narrowest bracket above so many times the usual one, and by more than the floor, makes a batch poor … */
const POOR_RATIO = 1.5;
const POOR_FLOOR_NS = 50;

/** … and above this no sample at all: the next batch will be better, and three in a row are the new usual. */
const SLOW_RATIO = 5;
const SLOW_FLOOR_NS = 500;

/** Disagreement of readings that is put down to the clocks' ticks whatever the brackets are, ns. */
const TICK_FLOOR_NS = 50;

/**
 * Selects the offset from a batch of readings. Pure.
 *
 * The sample's instant is the middle of the narrowest bracket. That bracket is a proof that needs no assumption; the other
 * readings, carried to the same instant, narrow it. How they could have changed in between is part of the bound:
 * the change of the system clock that the batch's pairs show (or cannot exclude), and the device's rate. A slew of the
 * system clock therefore cannot break the bound: even one that begins within the batch only makes the other readings
 * worthless. Within the narrowest bracket itself a slew adds its rate × half that bracket (at chronyd's 83333 ppm
 * 8.3 % of it), which is in the bound as far as the pairs show the slew. Stamps that come in steps add one step.
 *
 * @param batch the batch; its systemClock may be either, for CLOCK_MONOTONIC_RAW the pairs carry it to CLOCK_REALTIME
 * @param delays what is usual in this epoch, from the batches before; undefined: this is the first
 * @param rate the device's rate against CLOCK_MONOTONIC_RAW where a track knows it
 */
export function selectOffset(batch: ReadingBatch, delays?: DelaySummary, rate: DeviceRate = UNKNOWN_RATE): Selection {
  const first = batch.readings[0];
  if (first === undefined) return reject('empty', 'the batch has no readings');
  const clocks = relateClocks(batch.pairBefore, batch.pairAfter);
  const misfit = systemClockMisfit(batch, clocks);
  if (misfit !== undefined) return misfit;

  // bigint differences first, then numbers: a TAI device against an uptime clock is 1.7e18 ns apart.
  const baseOffset = first.deviceNs - first.beforeNs;
  const count = batch.readings.length;
  const before = new Array<number>(count);
  const width = new Array<number>(count);
  const device = new Array<number>(count);
  for (const [i, r] of batch.readings.entries()) {
    before[i] = Number(r.beforeNs - first.beforeNs);
    width[i] = Number(r.afterNs - r.beforeNs);
    device[i] = Number(r.deviceNs - first.deviceNs);
  }
  const best = narrowest(width);
  const bracketNs = width[best] ?? 0;
  const slow = slowness(bracketNs, delays);
  if (slow?.kind === 'rejected') return slow;

  // In the domain of the stamps: CLOCK_MONOTONIC_RAW is not slewed, CLOCK_REALTIME is.
  const raw = batch.systemClock === 'CLOCK_MONOTONIC_RAW';
  const slew = slewRatio(clocks);
  const drift = rate.ratePpb * 1e-9 - (raw ? 0 : slew);
  const unsteadyNs = raw ? 0 : Math.abs(clocks.changeNs) + clocks.uncertaintyNs;
  const middleNs = (before[best] ?? 0) + bracketNs / 2;
  const estimated: Limits[] = [];
  const proven: Limits[] = [];
  for (let i = 0; i < count; i++) {
    const beforeNs = before[i] ?? 0;
    const widthNs = width[i] ?? 0;
    const awayNs = i === best ? 0 : beforeNs + widthNs / 2 - middleNs;
    const upperNs = (device[i] ?? 0) - beforeNs - drift * awayNs;
    const lowerNs = upperNs - widthNs;
    const margin = i === best ? 0 : unsteadyNs + Math.abs(awayNs) * rate.uncertaintyPpb * 1e-9;
    estimated.push({ lowerNs, upperNs });
    proven.push({ lowerNs: lowerNs - margin, upperNs: upperNs + margin });
  }
  const combined = combineLimits(estimated, proven);
  const resolutionNs = Math.max(stampResolutionNs(device), stampResolutionNs(before));
  const toleratedNs = Math.max(TICK_FLOOR_NS, 2 * resolutionNs, median(width));
  if (combined.gapNs > toleratedNs) {
    const gap = Math.round(combined.gapNs);
    return reject('contradictory', `readings of one batch contradict each other by ${gap} ns: the device was stepped`);
  }

  const ownErrorNs = hardError(combined, bracketNs) + resolutionNs + (Math.abs(drift) * bracketNs) / 2;
  const relationErrorNs =
    Math.max(batch.pairBefore.widthNs, batch.pairAfter.widthNs) / 2 + (slew === 0 ? 0 : Math.abs(clocks.changeNs));
  // Rounded apart from the value: the instant and the offset have to stay what was measured together.
  const stampNs = first.beforeNs + BigInt(Math.round(middleNs));
  const relation = realtimeMinusRawAt(batch, clocks, stampNs);
  const realtimeNs = raw ? stampNs + relation : stampNs;
  const fromRealtime = baseOffset - (raw ? relation : 0n);
  const offsetNs = Number(fromRealtime) + combined.valueNs;
  return {
    kind: 'selected',
    realtimeNs,
    monotonicRawNs: raw ? stampNs : stampNs - relation,
    deviceNs: realtimeNs + fromRealtime + BigInt(Math.round(combined.valueNs)),
    offsetNs,
    bracketNs,
    errorBoundNs: ownErrorNs + (raw ? relationErrorNs : 0),
    rawErrorBoundNs: ownErrorNs + (raw ? 0 : relationErrorNs),
    quality: slow === undefined && combined.gapNs <= 2 * resolutionNs ? 'good' : 'poor',
  };
}

function reject(cause: RejectedBatch['cause'], reason: string): RejectedBatch {
  return { kind: 'rejected', cause, reason };
}

/** What the stamps and pairs of the system clock themselves rule out. */
function systemClockMisfit(batch: ReadingBatch, clocks: ClockRelation): RejectedBatch | undefined {
  const backwards = batch.readings.find((r) => r.afterNs < r.beforeNs);
  if (backwards !== undefined) {
    const width = backwards.afterNs - backwards.beforeNs;
    return reject(
      'backwards',
      `a bracket of ${width} ns: ${batch.systemClock} went backwards while the device was read`,
    );
  }
  if (clocks.elapsedNs < 0) {
    return reject('backwards', `CLOCK_MONOTONIC_RAW went backwards by ${-clocks.elapsedNs} ns during the batch`);
  }
  if (clocks.stepped) {
    return reject('stepped', `CLOCK_REALTIME was stepped by ${clocks.changeNs} ns during the batch`);
  }
  return undefined;
}

/** 'poor', a rejection, or undefined for a batch as fast as usual. */
function slowness(bracketNs: number, delays: DelaySummary | undefined): RejectedBatch | { kind: 'poor' } | undefined {
  if (delays === undefined) return undefined;
  const usualNs = delays.fastestNs;
  if (bracketNs > usualNs * SLOW_RATIO && bracketNs > usualNs + SLOW_FLOOR_NS) {
    const times = usualNs > 0 ? `${Math.floor(bracketNs / usualNs)} times the usual one` : 'wider than the usual one';
    return reject('slow', `every bracket is at least ${bracketNs} ns, ${times} of ${usualNs} ns`);
  }
  return bracketNs > usualNs * POOR_RATIO && bracketNs > usualNs + POOR_FLOOR_NS ? { kind: 'poor' } : undefined;
}

/** Index of the narrowest bracket; among equals the one nearest to the middle, whence the others are near. */
function narrowest(widths: readonly number[]): number {
  const centre = (widths.length - 1) / 2;
  let best = 0;
  for (let i = 1; i < widths.length; i++) {
    const [width = 0, bestWidth = 0] = [widths[i], widths[best]];
    if (width < bestWidth || (width === bestWidth && Math.abs(i - centre) < Math.abs(best - centre))) best = i;
  }
  return best;
}

/** Slew of CLOCK_REALTIME during the batch, as a ratio; 0 when the pairs do not show one beyond their widths. */
function slewRatio(clocks: ClockRelation): number {
  if (clocks.elapsedNs <= 0 || Math.abs(clocks.changeNs) <= clocks.uncertaintyNs) return 0;
  return clocks.changeNs / clocks.elapsedNs;
}

/** CLOCK_REALTIME − CLOCK_MONOTONIC_RAW when the batch's own clock showed `stampNs`, ns, on the line between the pairs. */
function realtimeMinusRawAt(batch: ReadingBatch, clocks: ClockRelation, stampNs: bigint): bigint {
  const { pairBefore, pairAfter, systemClock } = batch;
  const from = systemClock === 'CLOCK_REALTIME' ? pairBefore.realtimeNs : pairBefore.monotonicRawNs;
  const to = systemClock === 'CLOCK_REALTIME' ? pairAfter.realtimeNs : pairAfter.monotonicRawNs;
  const part = to > from ? Math.min(1, Math.max(0, Number(stampNs - from) / Number(to - from))) : 0;
  return realtimeMinusRaw(pairBefore) + BigInt(Math.round(clocks.changeNs * part));
}

/** How far the combined value can be off, ns, if the limits hold; limits that contradict each other prove only the bracket. */
function hardError(combined: Combined, bracketNs: number): number {
  if (combined.gapNs > 0) return combined.gapNs + bracketNs;
  return Math.max(combined.upperNs - combined.valueNs, combined.valueNs - combined.lowerNs);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
