import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/cli/judge-wait.js';
import { type WaitLimits, type WaitOutcome, waitUntilTrusted } from '../../src/cli/wait-until-trusted.js';
import type { StatusDocument } from '../../src/daemon/status-document.js';
import { exampleStatus } from '../daemon/status/example-status.js';

const EVER: WaitLimits = { timeoutMs: undefined, maxBoundNs: undefined };
const silence: Answer = { kind: 'silence', reason: 'no daemon' };
const refusal: Answer = { kind: 'refusal', reason: 'no permission' };
const status = (changes: Partial<StatusDocument> = {}): Answer => ({
  kind: 'status',
  status: { ...exampleStatus(), ...changes },
});
const notAsked = status({ chronyd: null });

/** Waits in virtual time. @param answerAt what the daemon answers at that time, ms */
async function waitIn(limits: WaitLimits, answerAt: (ms: number) => Answer, answerMs = 1) {
  let nowMs = 1e9;
  const start = nowMs;
  const told: string[] = [];
  const limitsGiven: number[] = [];
  const outcome: WaitOutcome = await waitUntilTrusted(limits, {
    ask: async (timeoutMs) => {
      limitsGiven.push(timeoutMs);
      const answer = answerAt(nowMs - start);
      nowMs += Math.min(answerMs, timeoutMs);
      return answer;
    },
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    progress: (reason) => told.push(reason),
  });
  return { outcome, told, tookMs: nowMs - start, limitsGiven };
}

describe('waitUntilTrusted()', () => {
  test('ends at once when the clock can be trusted', async () => {
    const { outcome, told, tookMs } = await waitIn(EVER, () => status());
    expect(outcome).toMatchObject({ kind: 'trusted', waitedMs: 1 });
    expect({ told, tookMs }).toEqual({ told: [], tookMs: 1 });
  });

  test('sees a daemon that starts after an hour within a quarter of a second', async () => {
    const { outcome, told, tookMs } = await waitIn(EVER, (ms) => (ms < 3_600_000 ? silence : status()));
    expect(outcome.kind).toBe('trusted');
    expect(tookMs).toBeLessThanOrEqual(3_600_000 + 252);
    expect(told).toEqual(['no daemon']);
  });

  test('ends exactly when the time is up, with the last reason', async () => {
    const holding = status({ state: { name: 'holding', reason: 'no PHC', forSeconds: 1 } });
    const { outcome, told, tookMs } = await waitIn({ ...EVER, timeoutMs: 1100 }, (ms) =>
      ms < 500 ? silence : holding,
    );
    expect(outcome).toEqual({ kind: 'timeout', reason: 'Do not trust the clock: holding, no PHC.' });
    expect(told).toEqual(['no daemon', 'Do not trust the clock: holding, no PHC.']);
    expect(tookMs).toBe(1100);
  });

  test('asks for long enough to hear why, however little time is left', async () => {
    const { outcome, limitsGiven } = await waitIn({ ...EVER, timeoutMs: 300 }, () => silence);
    expect(outcome).toEqual({ kind: 'timeout', reason: 'no daemon' });
    expect(limitsGiven).toEqual([300, 250]);
  });

  test('gives a daemon that is stuck no more time than there is', async () => {
    const { outcome, tookMs, limitsGiven } = await waitIn({ ...EVER, timeoutMs: 7000 }, () => silence, 60_000);
    expect(outcome.kind).toBe('timeout');
    expect(tookMs).toBe(7000);
    expect(limitsGiven).toEqual([5000, 1750]);
  });

  test('a daemon that will never know ends it at once', async () => {
    const { outcome, tookMs } = await waitIn(EVER, (ms) => (ms < 2000 ? silence : notAsked));
    expect(outcome).toMatchObject({ kind: 'never', reason: expect.stringContaining('chronyd = "none"') });
    expect(tookMs).toBeLessThan(2300);
  });

  test('a refusal ends it when it has lasted, not when it passes', async () => {
    const lasting = await waitIn(EVER, () => refusal);
    expect(lasting.outcome).toEqual({ kind: 'never', reason: 'no permission' });
    expect(lasting.tookMs).toBeGreaterThanOrEqual(10_000);
    expect(lasting.tookMs).toBeLessThan(10_300);
    const passing = await waitIn(EVER, (ms) => (ms < 9000 ? refusal : ms < 9500 ? silence : status()));
    expect(passing.outcome.kind).toBe('trusted');
    const twice = await waitIn(EVER, (ms) => (ms > 9000 && ms < 9500 ? silence : ms < 15_000 ? refusal : status()));
    expect(twice.outcome.kind).toBe('trusted');
  });

  test('does not repeat itself when only a figure has changed', async () => {
    const { outcome, told } = await waitIn({ ...EVER, maxBoundNs: 200 }, (ms) => {
      const boundNs = 1e6 / (ms + 1);
      return status({ sample: { offsetNs: 0, bracketNs: 0, boundNs, hostErrorNs: null, ageSeconds: 0 } });
    });
    expect(outcome.kind).toBe('trusted');
    expect(told).toHaveLength(3);
    expect(told[2]).toContain('ns only');
  });
});
