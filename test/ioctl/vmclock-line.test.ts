import { describe, expect, test } from '@jest/globals';
import {
  counterAtTimeNs,
  counterPeriodNs,
  hasTime,
  maxErrorAtCounterNs,
  timeAtCounterNs,
} from '../../src/ioctl/vmclock-line.js';
import { VmclockFlag, type VmclockPage } from '../../src/ioctl/vmclock-page.js';
import { Dice, PLAIN_PAGE } from './vmclock-pages.js';

/** One tick is 2^-30 s: a period of 2^37 units of 2^-(64 + 3) s. At counter 1000 it is 100.5 s. */
const PAGE: VmclockPage = {
  ...PLAIN_PAGE,
  counterPeriodShift: 3,
  counterPeriodFracSec: 1n << 37n,
  counterValue: 1000n,
  timeSec: 100n,
  timeFracSec: 1n << 63n,
};
const TICKS_PER_SECOND = 1n << 30n;

describe('hasTime()', () => {
  test.each([
    ['TSC and TAI', {}, true],
    ['ARM counter and UTC', { counterId: 0, timeType: 0 }, true],
    ['no counter', { counterId: 0xff }, false],
    ['a counter it does not know', { counterId: 2 }, false],
    ['monotonic time', { timeType: 2 }, false],
    ['smeared time', { timeType: 3 }, false],
    ['a period of 0', { counterPeriodFracSec: 0n }, false],
  ])('with %s', (_, fields, expected) => {
    expect(hasTime({ ...PAGE, ...fields })).toBe(expected);
  });
});

describe('timeAtCounterNs()', () => {
  test('gives the reference time at the reference counter', () => {
    expect(timeAtCounterNs(PAGE, 1000n)).toBe(100_500_000_000n);
  });

  test('runs forwards and backwards from there', () => {
    expect(timeAtCounterNs(PAGE, 1000n + TICKS_PER_SECOND)).toBe(101_500_000_000n);
    expect(timeAtCounterNs(PAGE, 1000n + TICKS_PER_SECOND / 4n)).toBe(100_750_000_000n);
    // 0.93132… ns per tick.
    expect(timeAtCounterNs(PAGE, 1001n)).toBe(100_500_000_000n);
    expect(timeAtCounterNs(PAGE, 1002n)).toBe(100_500_000_001n);
    expect(timeAtCounterNs(PAGE, 999n)).toBe(100_499_999_999n);
  });

  test('follows a counter that wraps round 64 bits', () => {
    const late = { ...PAGE, counterValue: (1n << 64n) - 1n };
    expect(timeAtCounterNs(late, TICKS_PER_SECOND - 1n)).toBe(101_500_000_000n);
  });

  test('is exact where a double or 64 bits would not do: a week of a 2.6 GHz counter', () => {
    // Without a shift the period, 2^64 / 2.6e9 rounded down, lacks 0.8113 of 7094901566: over a week that is 69 µs.
    const period = (1n << 64n) / 2_600_000_000n;
    const page = { ...PAGE, counterPeriodShift: 0, counterPeriodFracSec: period, timeFracSec: 0n };
    const ticks = 604_800n * 2_600_000_000n;
    const exact = 100n * 1_000_000_000n + (period * ticks * 1_000_000_000n) / (1n << 64n);
    expect(timeAtCounterNs(page, 1000n + ticks)).toBe(exact);
    expect(604_900_000_000_000n - exact).toBe(69_165n);
  });

  test('takes a shift of 255', () => {
    const page = { ...PAGE, counterPeriodShift: 255, counterPeriodFracSec: 1n << 63n };
    expect(timeAtCounterNs(page, 2000n)).toBe(100_500_000_000n);
  });
});

test('counterPeriodNs() gives the period in ns', () => {
  expect(counterPeriodNs(PAGE)).toBe(1e9 / 2 ** 30);
  const tsc = { ...PAGE, counterPeriodShift: 28, counterPeriodFracSec: (1n << 92n) / 2_600_000_000n };
  expect(counterPeriodNs(tsc)).toBeCloseTo(1 / 2.6, 12);
});

describe('maxErrorAtCounterNs()', () => {
  // Period known to 2^17 of 2^37: 2^-20; a second away that is 953.67 ns.
  const page = { ...PAGE, timeMaxerrorNs: 250n, counterPeriodMaxerrorRateFracSec: 1n << 17n };

  test("is the time's at the reference", () => {
    expect(maxErrorAtCounterNs(page, 1000n)).toBe(250);
  });

  test('grows alike before and after the reference, rounded up', () => {
    expect(maxErrorAtCounterNs(page, 1000n + TICKS_PER_SECOND)).toBe(250 + 954);
    expect(maxErrorAtCounterNs(page, 1000n - TICKS_PER_SECOND)).toBe(250 + 954);
    expect(maxErrorAtCounterNs(page, 1001n)).toBe(251);
  });

  test('is not known where either flag is missing', () => {
    expect(maxErrorAtCounterNs({ ...page, flags: VmclockFlag.TIME_MAXERROR_VALID }, 1000n)).toBeUndefined();
    expect(maxErrorAtCounterNs({ ...page, flags: VmclockFlag.PERIOD_MAXERROR_VALID }, 1000n)).toBeUndefined();
    expect(maxErrorAtCounterNs({ ...page, flags: VmclockFlag.TIME_ESTERROR_VALID }, 1000n)).toBeUndefined();
  });
});

describe('counterAtTimeNs()', () => {
  test('finds the counter of a time by hand', () => {
    expect(counterAtTimeNs(PAGE, 100_500_000_000n)).toBe(1000n);
    expect(counterAtTimeNs(PAGE, 101_500_000_000n)).toBe(1000n + TICKS_PER_SECOND);
    expect(counterAtTimeNs(PAGE, 100_499_999_999n)).toBe(999n);
  });

  test('is the first counter value at which the line has reached the time, on any page', () => {
    const dice = new Dice(3);
    for (let run = 0; run < 3000; run++) {
      const page: VmclockPage = {
        ...PAGE,
        counterPeriodShift: dice.below(40),
        counterPeriodFracSec: (dice.big() >> BigInt(dice.below(8))) | (1n << 56n),
        counterValue: dice.big(),
        timeSec: BigInt(dice.next()),
        timeFracSec: dice.big(),
      };
      // Up to 2^46 ticks either way: half a day at 1.6 GHz.
      const near = BigInt.asUintN(64, page.counterValue + (dice.big() >> 17n) - (1n << 46n));
      const timeNs = timeAtCounterNs(page, near);
      const found = counterAtTimeNs(page, timeNs);
      expect(timeAtCounterNs(page, found)).toBeGreaterThanOrEqual(timeNs);
      expect(timeAtCounterNs(page, BigInt.asUintN(64, found - 1n))).toBeLessThan(timeNs);
    }
  });

  test('throws rather than give a counter that is not the one', () => {
    expect(() => counterAtTimeNs({ ...PAGE, counterPeriodFracSec: 0n }, 0n)).toThrow('no counter period');
    expect(() => counterAtTimeNs(PAGE, 10n ** 30n)).toThrow('out of reach');
  });
});
