import { VmclockFlag, type VmclockPage } from '../ioctl/vmclock-page.js';
import type { HostError } from './estimator/bound.js';
import { validTaiOffset } from './valid-tai-offset.js';

const NS_PER_SECOND = 1_000_000_000n;
const COUNTER_ID_NONE = 0xff;

/**
 * The host's maximum error when its clock showed `utcNs`, as its page tells it; undefined where the page carries no time or
 * does not vouch for its errors.
 *
 * The page states an error at its reference instant and a rate by which that grows. Where it states no rate, the error
 * is taken not to grow: there is nothing to grow it by.
 */
export function hostError(page: VmclockPage | undefined, utcNs: bigint): HostError | undefined {
  if (page === undefined || page.counterId === COUNTER_ID_NONE) return undefined;
  if ((page.flags & VmclockFlag.TIME_MAXERROR_VALID) === 0n) return undefined;
  const tai = page.timeType === 1 ? BigInt(validTaiOffset(page) ?? 0) * NS_PER_SECOND : 0n;
  const referenceNs = page.timeSec * NS_PER_SECOND + ((page.timeFracSec * NS_PER_SECOND) >> 64n) - tai;
  // The sign of the TAI offset is disputed, so the age may be off by that much; never below zero.
  const ageNs = Math.max(0, Number(utcNs - referenceNs));
  const maxErrorRatePpb = maxErrorRate(page) * 1e9;
  return { maxErrorNs: Number(page.timeMaxerrorNs) + maxErrorRatePpb * 1e-9 * ageNs, maxErrorRatePpb };
}

/** Growth of the error as a ratio: both are in the same unit, so that it cancels. */
function maxErrorRate(page: VmclockPage): number {
  const valid = (page.flags & VmclockFlag.PERIOD_MAXERROR_VALID) !== 0n && page.counterPeriodFracSec !== 0n;
  return valid ? Number(page.counterPeriodMaxerrorRateFracSec) / Number(page.counterPeriodFracSec) : 0;
}
