/** The true error of the guest's clock at one moment. */
export interface ErrorPoint {
  /** Since the event, s. */
  readonly seconds: number;
  /** True − system time, ns. */
  readonly errorNs: number;
}

/** Somebody's claim that the clock is off by `offsetNs` and by at most `boundNs` more. */
export interface Claim {
  /** When it was asked for and when it was answered, since the event, s. */
  readonly askedSeconds: number;
  readonly seconds: number;
  /** undefined: no claim is made. For chronyd: it is not synchronised. */
  readonly claimed: { readonly offsetNs: number; readonly boundNs: number } | undefined;
}

/** What was seen around one disruption. */
export interface Trace {
  /** Rising; from some time before the event on. */
  readonly errors: readonly ErrorPoint[];
  readonly chronyd: readonly Claim[];
  readonly status: readonly Claim[];
  /** How well the instant of the event is known, s. */
  readonly eventWithinSeconds: number;
  /** Longest time without a reading in the first two seconds: how busy the machine was otherwise. */
  readonly longestGapSeconds: number;
}

/** chronyd's leap status while it is not synchronised. */
const UNSYNCHRONISED = '3';
const NS = 1e9;

interface Reading {
  readonly raw: bigint;
  readonly errorNs: number;
  readonly marker: string;
}

/**
 * Reads what watch-recovery.py wrote down. The event lies between the last reading under the old marker and the first
 * under the new one; the earlier is taken, which makes every figure larger rather than smaller.
 *
 * @param shiftSeconds PHC − UTC.
 * @throws Error where it holds no event, or no reading before it.
 */
export function parseTrace(text: string, shiftSeconds: number): Trace {
  const rows = text.split('\n').map((line) => line.split(' '));
  const readings = rows.filter(([kind]) => kind === 'T').map((row) => reading(row, shiftSeconds));
  const first = readings.findIndex(({ marker }) => marker !== readings[0]?.marker);
  const [before, after] = [readings[first - 1], readings[first]];
  if (before === undefined || after === undefined) {
    throw new Error(`the disruption is not among the ${readings.length} readings: ${text.slice(0, 300)}`);
  }
  const seconds = (raw: bigint): number => Number(raw - before.raw) / NS;
  const errors = readings.map(({ raw, errorNs }) => ({ seconds: seconds(raw), errorNs }));
  const gaps = errors.slice(first).map((point, i, all) => (all[i + 1]?.seconds ?? point.seconds) - point.seconds);
  return {
    errors,
    chronyd: rows.filter(([kind]) => kind === 'C').map((row) => chronydClaim(row, seconds)),
    status: rows.filter(([kind]) => kind === 'S').map((row) => statusClaim(row, seconds)),
    eventWithinSeconds: seconds(after.raw),
    longestGapSeconds: Math.max(...gaps.filter((_, i) => (errors[first + i]?.seconds ?? 0) < 2)),
  };
}

function reading(row: readonly string[], shiftSeconds: number): Reading {
  const [, raw = '0', device = '0', realtime = '0', marker = ''] = row;
  const errorNs = Number(BigInt(device) - BigInt(shiftSeconds) * 1_000_000_000n - BigInt(realtime));
  return { raw: BigInt(raw), errorNs, marker };
}

function chronydClaim(row: readonly string[], seconds: (raw: bigint) => number): Claim {
  const [, asked = '0', raw = '0', leap, , ...words] = row;
  const [offset = 0, delay = 0, dispersion = 0] = words.map(Number);
  const when = { askedSeconds: seconds(BigInt(asked)), seconds: seconds(BigInt(raw)) };
  if (leap === UNSYNCHRONISED) return { ...when, claimed: undefined };
  // What chronyc's manual gives as the bound on the clock's error, around 0.
  const boundNs = (Math.abs(offset) + dispersion + delay / 2) * NS;
  return { ...when, claimed: { offsetNs: 0, boundNs } };
}

function statusClaim(row: readonly string[], seconds: (raw: bigint) => number): Claim {
  const [, asked = '0', raw = '0', offset, bound] = row;
  const when = { askedSeconds: seconds(BigInt(asked)), seconds: seconds(BigInt(raw)) };
  if (offset === 'nan') return { ...when, claimed: undefined };
  return { ...when, claimed: { offsetNs: Number(offset), boundNs: Number(bound) } };
}
