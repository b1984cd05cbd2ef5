import { describe, expect, test } from '@jest/globals';
import { type Answer, judgeWait } from '../../src/cli/judge-wait.js';
import type { StatusDocument } from '../../src/daemon/status-document.js';
import { exampleStatus } from '../daemon/status/example-status.js';

const answer = (changes: Partial<StatusDocument> = {}): Answer => ({
  kind: 'status',
  status: { ...exampleStatus(), ...changes },
});
const sample = (changes: Partial<NonNullable<StatusDocument['sample']>>) => ({
  sample: { offsetNs: -100, bracketNs: 0, boundNs: 400, hostErrorNs: null, ageSeconds: 0.1, ...changes },
});

describe('judgeWait()', () => {
  test('trusts what `vmclockd status` trusts', () => {
    expect(judgeWait(answer(), undefined)).toEqual({
      kind: 'trusted',
      sentence: expect.stringMatching(/^The clock can be trusted: within ±38 ns/),
    });
    const holding = { state: { name: 'holding', reason: 'no PHC', forSeconds: 1 } } as const;
    expect(judgeWait(answer(holding), undefined)).toEqual({
      kind: 'wait',
      reason: 'Do not trust the clock: holding, no PHC.',
    });
  });

  test('the bound is met by |offset| + bound, and just so', () => {
    expect(judgeWait(answer(sample({})), 500).kind).toBe('trusted');
    expect(judgeWait(answer(sample({})), 499)).toEqual({
      kind: 'wait',
      reason: 'the clock is fed and followed, but within ±500 ns only, not ±499 ns',
    });
    expect(judgeWait(answer(sample({ offsetNs: 100 })), 499).kind).toBe('wait');
  });

  test('a host that is worse than the bound makes it hopeless, but not at once', () => {
    const wide = answer(sample({ boundNs: 9000, hostErrorNs: 8000 }));
    expect(judgeWait(wide, 8500).kind).toBe('wait');
    expect(judgeWait(wide, 7999)).toEqual({
      kind: 'never',
      reason: expect.stringMatching(/^the host says that its own clock may be wrong by 8.00 µs.*--max-bound/),
      graceMs: 10_000,
    });
    expect(judgeWait(wide, undefined).kind).toBe('trusted');
  });

  test('a bound below what any reading is claimed to be is hopeless without asking', () => {
    expect(judgeWait({ kind: 'silence', reason: 'no daemon' }, 24)).toEqual({
      kind: 'never',
      reason: '--max-bound 24 can never be met: no reading is claimed to be better than 25 ns',
      graceMs: 0,
    });
    expect(judgeWait({ kind: 'silence', reason: 'no daemon' }, 25).kind).toBe('wait');
  });

  test('a daemon that does not ask chronyd will never know', () => {
    expect(judgeWait(answer({ chronyd: null }), undefined)).toEqual({
      kind: 'never',
      reason: expect.stringContaining('chronyd = "none"'),
      graceMs: 0,
    });
  });

  test('no daemon is waited for; an answer that cannot be used is, for a while', () => {
    expect(judgeWait({ kind: 'silence', reason: 'no daemon' }, undefined)).toEqual({
      kind: 'wait',
      reason: 'no daemon',
    });
    expect(judgeWait({ kind: 'refusal', reason: 'no permission' }, undefined)).toEqual({
      kind: 'never',
      reason: 'no permission',
      graceMs: 10_000,
    });
  });
});
