import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Log } from '../../../src/daemon/log/log.js';
import { readBootId } from '../../../src/daemon/state-file/read-boot-id.js';
import type { SavedState } from '../../../src/daemon/state-file/saved-state.js';
import { StateStore } from '../../../src/daemon/state-file/state-store.js';

const STATE: SavedState = {
  bootId: '0f3d7b1c-6e58-4a9b-8c47-2f1e5d6a7b8c',
  marker: 2n ** 64n - 1n,
  generation: null,
  phcName: 'KVM virtual PTP',
  shiftSeconds: 0,
  taiOffset: 37,
};

let directory: string;
let path: string;
let said: string[];
let log: Log;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-state-'));
  path = join(directory, 'state.json');
  said = [];
  const say = (message: string) => void said.push(message);
  log = { debug: say, info: say, warn: say, error: say };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('StateStore', () => {
  test('load() gives back what save() wrote, for the owner only', () => {
    expect(new StateStore(path, log).save(STATE)).toBe(true);
    expect(new StateStore(path, log).load()).toEqual(STATE);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['state.json']);
    expect(said).toEqual([]);
  });

  test('load() finds nothing, without a word, on the first start', () => {
    const store = new StateStore(path, log);
    expect(store.load()).toBeUndefined();
    expect(store.problem).toBeUndefined();
    expect(said).toEqual([]);
  });

  test('load() goes without a garbage file, and says so', () => {
    writeFileSync(path, 'garbage\u0000');
    const store = new StateStore(path, log);
    expect(store.load()).toBeUndefined();
    expect(store.problem).toMatch(/^state file .+ cannot be used: not JSON: /);
    expect(said).toEqual([
      expect.stringMatching(
        /^state file .+\/state\.json cannot be used: not JSON: .+; starting without it, so a disruption while the daemon was down goes unnoticed$/,
      ),
    ]);
    expect(store.save(STATE)).toBe(true);
    expect(store.load()).toEqual(STATE);
    expect(store.problem).toBeUndefined();
  });

  test('load() goes without a directory in the file’s place', () => {
    mkdirSync(path);
    expect(new StateStore(path, log).load()).toBeUndefined();
    expect(said[0]).toContain('cannot be read: EISDIR; starting without it');
  });

  test('save() reports a failure once, and its end', () => {
    const missing = join(directory, 'missing');
    const store = new StateStore(join(missing, 'state.json'), log);
    expect([store.save(STATE), store.save(STATE)]).toEqual([false, false]);
    expect(said).toEqual([expect.stringContaining('state.json cannot be written: ENOENT; a disruption while')]);
    mkdirSync(missing);
    expect([store.save(STATE), store.save(STATE)]).toEqual([true, true]);
    expect(said.slice(1)).toEqual([expect.stringContaining('is written again')]);
  });

  test('save() does not write through a link that was put in its way', () => {
    const victim = join(directory, 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, `${path}.new`);
    expect(new StateStore(path, log).save(STATE)).toBe(true);
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
  });
});

describe('readBootId()', () => {
  test('reads this boot’s id, the same each time', () => {
    expect(readBootId()).toMatch(/^[0-9a-f-]{36}$/);
    expect(readBootId()).toBe(readBootId());
  });

  test('does without where there is none', () => {
    expect(readBootId(path)).toBeUndefined();
    writeFileSync(path, 'garbage');
    expect(readBootId(path)).toBeUndefined();
  });
});
