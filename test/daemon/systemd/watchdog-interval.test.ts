import { describe, expect, test } from '@jest/globals';
import { watchdogIntervalMs } from '../../../src/daemon/systemd/watchdog-interval.js';

describe('watchdogIntervalMs()', () => {
  test('is half of what systemd allows', () => {
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '10000000', WATCHDOG_PID: '42' }, 42)).toBe(5000);
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '10000000' }, 42)).toBe(5000);
  });

  test('never becomes 0, nor more than a timer holds', () => {
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '1000' }, 42)).toBe(1);
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '999999999999999' }, 42)).toBe(2 ** 31 - 1);
  });

  test('ignores the watchdog of another process, and none', () => {
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '10000000', WATCHDOG_PID: '1' }, 42)).toBeUndefined();
    expect(watchdogIntervalMs({}, 42)).toBeUndefined();
  });

  test.each(['0', '-5', '1e7', 'soon', '999', ' 10000000'])('refuses %j microseconds', (WATCHDOG_USEC) => {
    expect(() => watchdogIntervalMs({ WATCHDOG_USEC }, 42)).toThrow(RangeError);
  });
});
