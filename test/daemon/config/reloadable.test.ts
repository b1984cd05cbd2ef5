import { describe, expect, test } from '@jest/globals';
import { reloadable, tomlNames } from '../../../src/daemon/config/reloadable.js';
import { DEFAULT_SETTINGS } from '../../../src/daemon/config/settings.js';

describe('reloadable()', () => {
  test('finds nothing to do when nothing changed', () => {
    expect(reloadable(DEFAULT_SETTINGS, { ...DEFAULT_SETTINGS })).toEqual({
      settings: DEFAULT_SETTINGS,
      apply: [],
      refuse: [],
    });
  });

  test('applies what it can and keeps the old value of the rest', () => {
    const after = {
      ...DEFAULT_SETTINGS,
      logLevel: 'debug',
      slowIntervalMs: 500,
      sock: '/run/other',
      refid: 'X',
    } as const;
    const reload = reloadable(DEFAULT_SETTINGS, after);
    expect(tomlNames(reload.apply)).toBe('sampling.slow_interval_ms, log.level');
    expect(tomlNames(reload.refuse)).toBe('sock, refid');
    expect(reload.settings).toEqual({ ...DEFAULT_SETTINGS, logLevel: 'debug', slowIntervalMs: 500 });
  });
});
