import { describe, expect, test } from '@jest/globals';
import type { SavedState } from '../../../src/daemon/state-file/saved-state.js';
import { decodeState, encodeState } from '../../../src/daemon/state-file/state-codec.js';

const STATE: SavedState = {
  bootId: '0f3d7b1c-6e58-4a9b-8c47-2f1e5d6a7b8c',
  marker: 0n,
  generation: 2n ** 64n - 1n,
  phcName: '',
  shiftSeconds: -37,
  taiOffset: 37,
  savedAt: '2026-11-21T01:02:03.456Z',
};

function changed(change: Record<string, unknown>): string {
  return JSON.stringify({ ...JSON.parse(encodeState(STATE)), ...change });
}

describe('decodeState()', () => {
  test('gives back what encodeState() was given', () => {
    expect(decodeState(encodeState(STATE))).toEqual({ ok: STATE });
    const { savedAt, ...bare } = { ...STATE, marker: null, generation: null, shiftSeconds: null };
    expect(savedAt).toBeDefined();
    expect(decodeState(encodeState(bare))).toEqual({ ok: bare });
  });

  test('ignores members it does not know', () => {
    expect(decodeState(changed({ later: 1 })).ok).toEqual(STATE);
  });

  test.each([
    [{ version: 2 }, 'version: '],
    [{ boot_id: 'x' }, 'boot_id: not a boot id'],
    [{ marker: '18446744073709551616' }, 'marker: beyond 64 bits'],
    [{ marker: '-1' }, 'marker: not a decimal number'],
    [{ marker: 1 }, 'marker: '],
    [{ generation: '9'.repeat(100000) }, 'generation: not a decimal number'],
    [{ shift_seconds: 0.5 }, 'shift_seconds: '],
    [{ phc_name: 'x'.repeat(300) }, 'phc_name: '],
    [{ saved_at: 'yesterday' }, 'saved_at: '],
  ])('refuses %j and names the member', (change, problem) => {
    expect(decodeState(changed(change)).problem).toContain(problem);
  });

  test.each(['', 'null', '[]', '3', '"x"', '{', '{}'])('refuses %j', (text) => {
    expect(decodeState(text).problem).toEqual(expect.any(String));
  });

  test('never throws on a file with any one byte changed', () => {
    const bytes = Buffer.from(encodeState(STATE));
    for (let i = 0; i < bytes.length; i++) {
      for (const value of [0, 0x22, 0x30, 0x7b, 0xff]) {
        const damaged = Buffer.from(bytes);
        damaged[i] = value;
        const result = decodeState(damaged.toString());
        expect(result.ok ?? result.problem).toBeDefined();
      }
    }
  });
});
