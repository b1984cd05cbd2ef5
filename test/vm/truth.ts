import type { GuestShell } from './guest-shell.js';

/** One PRECISE reading in the guest, and the page it belongs to. */
export interface TruthReading {
  readonly deviceNs: bigint;
  readonly realtimeNs: bigint;
  readonly monotonicRawNs: bigint;
  readonly marker: bigint;
  readonly seqCount: number;
}

/** Takes readings now. @param flags another source of truth than the PHC; see truth.py. */
export async function readTruth(shell: GuestShell, count: number, hertz = 25, flags = ''): Promise<TruthReading[]> {
  const text = await shell.output(
    `python3 /opt/bench/truth.py --count ${count} --rate ${hertz} ${flags}`,
    20_000 + (count / hertz) * 2000,
  );
  return parseTruth(text);
}

/** Reads what truth.py printed; refusals by the device, which it prints as comments, are left out. */
export function parseTruth(text: string): TruthReading[] {
  return text
    .split('\n')
    .filter((line) => /^-?\d+ \d+ \d+ \d+ \d+$/.test(line))
    .map((line) => {
      const [deviceNs = 0n, realtimeNs = 0n, monotonicRawNs = 0n, marker = 0n, seqCount = 0n] = line
        .split(' ')
        .map(BigInt);
      return { deviceNs, realtimeNs, monotonicRawNs, marker, seqCount: Number(seqCount) };
    });
}

/** Device against CLOCK_MONOTONIC_RAW as a straight line. */
export interface TruthFit {
  /** Rate of the device minus that of the clock, parts per million. */
  readonly ppm: number;
  /** Largest distance of a reading from the line, ns. */
  readonly worstNs: number;
  /** Device − raw at a raw time, to the nanosecond. */
  offsetAt(monotonicRawNs: bigint): bigint;
}

/** Fits readings of one epoch by least squares. */
export function fitTruth(readings: readonly TruthReading[]): TruthFit {
  const [first] = readings;
  if (first === undefined) throw new Error('no PRECISE readings to fit');
  const base = first.deviceNs - first.monotonicRawNs;
  const x = readings.map((r) => Number(r.monotonicRawNs - first.monotonicRawNs));
  const y = readings.map((r) => Number(r.deviceNs - r.monotonicRawNs - base));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const sxx = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  const sxy = x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] ?? 0) - my), 0);
  const slope = sxx === 0 ? 0 : sxy / sxx;
  const residual = x.map((value, i) => Math.abs((y[i] ?? 0) - my - slope * (value - mx)));
  return {
    ppm: slope * 1e6,
    worstNs: Math.max(...residual),
    offsetAt: (raw) => base + BigInt(Math.round(my + slope * (Number(raw - first.monotonicRawNs) - mx))),
  };
}

/** The value below which a part of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
