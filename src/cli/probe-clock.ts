import { methodMeaning } from '../ioctl/method-meaning.js';
import { PtpAnswerError } from '../ioctl/ptp-answer-error.js';
import type { PtpClock } from '../ioctl/ptp-clock.js';
import type { RankedClock } from '../ioctl/rank-clocks.js';
import { READING_METHODS, type Reading, type ReadingMethod } from '../ioctl/reading.js';
import { SystemError } from '../ioctl/system-error.js';
import type { ClockFacts, MethodFacts, ReadingFacts } from './probe-facts.js';

/** The calls that the probe makes on a clock. */
export type ProbedClock = Pick<PtpClock, 'caps' | 'precise' | 'extended' | 'basic' | 'close'>;

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'the kernel has this clock, but its device node is missing: a container has to be given it',
  EACCES: 'ask as root, or as a member of the group that owns the device',
  EPERM: 'a sandbox forbids the device: a container has to be given it, a unit needs DeviceAllow=char-ptp',
};

/** Tries everything that can be read from one clock. @param open opens it, or throws SystemError */
export function probeClock(clock: RankedClock, clocksource: string, open: (path: string) => ProbedClock): ClockFacts {
  const { path, clockName: name, kind } = clock;
  let device: ProbedClock;
  try {
    device = open(path);
  } catch (error) {
    return { path, name, kind, error: describe(error), crossTimestamping: null, methods: [], reading: null };
  }
  try {
    const crossTimestamping = capability(device);
    const tries = READING_METHODS.map((method) => tryMethod(device, method));
    const methods = tries.map(({ method, error }): MethodFacts => {
      if (error === undefined) return { method, works: true, code: '', meaning: '' };
      if (!(error instanceof SystemError)) return { method, works: false, code: 'EBADMSG', meaning: describe(error) };
      const context = { clockName: name, clocksource, crossTimestamping: crossTimestamping ?? undefined };
      return { method, works: false, code: error.code, meaning: methodMeaning(method, error.code, context) };
    });
    const reading = tries.flatMap(({ method, readings }) => narrowest(method, readings))[0] ?? null;
    return { path, name, kind, error: '', crossTimestamping, methods, reading };
  } finally {
    device.close();
  }
}

function capability(device: ProbedClock): boolean | null {
  try {
    return device.caps().crossTimestamping;
  } catch {
    // What it claims is a side show; the methods themselves are tried.
    return null;
  }
}

interface MethodTry {
  readonly method: ReadingMethod;
  readonly readings: readonly Reading[];
  readonly error?: SystemError | PtpAnswerError;
}

function tryMethod(device: ProbedClock, method: ReadingMethod): MethodTry {
  try {
    return { method, readings: take(device, method) };
  } catch (error) {
    if (error instanceof SystemError || error instanceof PtpAnswerError) return { method, readings: [], error };
    throw error;
  }
}

function take(device: ProbedClock, method: ReadingMethod): readonly Reading[] {
  switch (method) {
    case 'PRECISE': {
      const { deviceNs, realtimeNs } = device.precise();
      return [{ beforeNs: realtimeNs, deviceNs, afterNs: realtimeNs }];
    }
    case 'EXTENDED':
      return device.extended(10, 'CLOCK_REALTIME');
    case 'BASIC':
      return device.basic(25);
  }
}

function narrowest(method: ReadingMethod, readings: readonly Reading[]): ReadingFacts[] {
  let best: Reading | undefined;
  for (const reading of readings) {
    if (best === undefined || reading.afterNs - reading.beforeNs < best.afterNs - best.beforeNs) best = reading;
  }
  if (best === undefined) return [];
  const bracketNs = Number(best.afterNs - best.beforeNs);
  const offsetNs = Number(best.deviceNs - best.beforeNs) - bracketNs / 2;
  return [{ method, systemClock: 'CLOCK_REALTIME', offsetNs, bracketNs, count: readings.length }];
}

function describe(error: unknown): string {
  const remedy = error instanceof SystemError ? REMEDIES[error.code] : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return remedy === undefined ? message : `${message}: ${remedy}`;
}
