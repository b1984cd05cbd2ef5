import { describe, expect, test } from '@jest/globals';
import { hostError } from '../../src/daemon/host-error.js';
import { VmclockFlag, type VmclockPage } from '../../src/ioctl/vmclock-page.js';
import { markerOnlyPage } from '../../src/sim/virtual-page.js';

const PAGE: VmclockPage = {
  ...markerOnlyPage(undefined),
  counterId: 1,
  flags: VmclockFlag.TIME_MAXERROR_VALID | VmclockFlag.PERIOD_MAXERROR_VALID | VmclockFlag.TAI_OFFSET_VALID,
  taiOffsetSec: 37,
  timeSec: 1_800_000_000n,
  timeFracSec: 1n << 63n,
  timeMaxerrorNs: 250n,
  counterPeriodFracSec: 1_000_000_000n,
  // A millionth of the period: 1 ppm.
  counterPeriodMaxerrorRateFracSec: 1000n,
};
const AT_REFERENCE = 1_800_000_000_500_000_000n;

describe('hostError()', () => {
  test("is the page's maximum error at its reference, and grows by its rate", () => {
    expect(hostError(PAGE, AT_REFERENCE)).toEqual({ maxErrorNs: 250, maxErrorRatePpb: 1000 });
    expect(hostError(PAGE, AT_REFERENCE + 10_000_000_000n)?.maxErrorNs).toBeCloseTo(10_250);
  });

  test('never shrinks before the reference', () => {
    expect(hostError(PAGE, AT_REFERENCE - 10_000_000_000n)?.maxErrorNs).toBe(250);
  });

  test('takes the reference of a TAI page to UTC', () => {
    const tai = { ...PAGE, timeType: 1, timeSec: 1_800_000_037n };
    expect(hostError(tai, AT_REFERENCE + 10_000_000_000n)?.maxErrorNs).toBeCloseTo(10_250);
  });

  test('is not known without a page, without time in it, or without its word', () => {
    expect(hostError(undefined, AT_REFERENCE)).toBeUndefined();
    expect(hostError({ ...PAGE, counterId: 0xff }, AT_REFERENCE)).toBeUndefined();
    expect(hostError({ ...PAGE, flags: VmclockFlag.PERIOD_MAXERROR_VALID }, AT_REFERENCE)).toBeUndefined();
  });

  test('does not grow where the page states no rate', () => {
    const page = { ...PAGE, flags: VmclockFlag.TIME_MAXERROR_VALID };
    expect(hostError(page, AT_REFERENCE + 10_000_000_000n)).toEqual({ maxErrorNs: 250, maxErrorRatePpb: 0 });
  });
});
