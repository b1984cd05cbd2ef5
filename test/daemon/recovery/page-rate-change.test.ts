import { describe, expect, test } from '@jest/globals';
import { pageRateChangePpm } from '../../../src/daemon/recovery/page-rate-change.js';
import type { VmclockPage } from '../../../src/ioctl/vmclock-page.js';
import { markerOnlyPage } from '../../../src/sim/virtual-page.js';

/** 2.5 GHz, period in units of 2^-(64+28) s. */
const PERIOD = (1n << 92n) / 2_500_000_000n;
const PAGE: VmclockPage = {
  ...markerOnlyPage(undefined),
  counterId: 1,
  timeType: 1,
  clockStatus: 2,
  counterPeriodShift: 28,
  counterPeriodFracSec: PERIOD,
};

describe('pageRateChangePpm()', () => {
  test('is positive when a count has become longer: true time then passes faster', () => {
    const slower = { ...PAGE, counterPeriodFracSec: PERIOD + (PERIOD * 40n) / 1_000_000n };
    expect(pageRateChangePpm(PAGE, slower, 'tsc')).toBeCloseTo(40, 6);
    expect(pageRateChangePpm(slower, PAGE, 'tsc')).toBeCloseTo(-40, 2);
    expect(pageRateChangePpm(PAGE, PAGE, 'tsc')).toBe(0);
  });

  test('compares periods of different shifts', () => {
    expect(
      pageRateChangePpm(PAGE, { ...PAGE, counterPeriodShift: 27, counterPeriodFracSec: PERIOD / 2n }, 'tsc'),
    ).toBeCloseTo(0, 6);
    expect(pageRateChangePpm(PAGE, { ...PAGE, counterPeriodShift: 29, counterPeriodFracSec: PERIOD * 2n }, 'tsc')).toBe(
      0,
    );
  });

  test.each<[string, Partial<VmclockPage>]>([
    ['without time', { counterId: 0xff }],
    ['of another counter', { counterId: 0 }],
    ['of another time type', { timeType: 0 }],
    ['of a host that is unreliable', { clockStatus: 4 }],
    ['without a period', { counterPeriodFracSec: 0n }],
    ['of quite another frequency', { counterPeriodFracSec: PERIOD * 2n }],
  ])('is not known from a page %s', (_what, change) => {
    expect(pageRateChangePpm(PAGE, { ...PAGE, ...change }, 'tsc')).toBeUndefined();
  });

  test("is the system clock's only where the kernel counts what the page tells of", () => {
    const arm = { ...PAGE, counterId: 0 };
    expect(pageRateChangePpm(PAGE, PAGE, 'kvm-clock')).toBeUndefined();
    expect(pageRateChangePpm(PAGE, PAGE, '')).toBeUndefined();
    expect(pageRateChangePpm(arm, arm, 'tsc')).toBeUndefined();
    expect(pageRateChangePpm(arm, arm, 'arch_sys_counter')).toBe(0);
    const odd = { ...PAGE, counterId: 7 };
    expect(pageRateChangePpm(odd, odd, '')).toBeUndefined();
  });
});
