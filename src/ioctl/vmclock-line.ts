import { VmclockFlag, type VmclockPage } from './vmclock-page.js';

const NS_PER_S = 1_000_000_000n;
const COUNTER_ARM_VCNT = 0;
const COUNTER_X86_TSC = 1;
const TIME_UTC = 0;
const TIME_TAI = 1;

/**
 * Whether the page carries a time line on UTC or TAI: a counter this program knows, a period, and a time scale that
 * is tied to UTC. QEMU's and Firecracker's pages carry none (counter_id 0xff).
 */
export function hasTime(page: VmclockPage): boolean {
  return (
    (page.counterId === COUNTER_ARM_VCNT || page.counterId === COUNTER_X86_TSC) &&
    (page.timeType === TIME_UTC || page.timeType === TIME_TAI) &&
    page.counterPeriodFracSec !== 0n
  );
}

/**
 * The time when the counter read `counter`, ns since 1970 on the page's own scale (UTC or TAI), rounded down.
 *
 * A counter before the page's reference counts backwards: the difference is taken as signed 64 bits. The arithmetic
 * is exact; nothing overflows. Meaningful only where hasTime() holds.
 */
export function timeAtCounterNs(page: VmclockPage, counter: bigint): bigint {
  const scaled = referenceTime(page) + page.counterPeriodFracSec * elapsedTicks(page, counter);
  return (scaled * NS_PER_S) >> fractionBits(page);
}

/** The counter's period, ns; relative error below 3e-16. */
export function counterPeriodNs(page: VmclockPage): number {
  return Number(page.counterPeriodFracSec) * 1e9 * 2 ** -(64 + page.counterPeriodShift);
}

/**
 * The largest error of timeAtCounterNs(page, counter) by the host's own account, ns, rounded up: the maximum error
 * at the reference plus that of the period times the ticks since (or until) then.
 *
 * @returns undefined where the page does not vouch for both (TIME_MAXERROR_VALID, PERIOD_MAXERROR_VALID)
 */
export function maxErrorAtCounterNs(page: VmclockPage, counter: bigint): number | undefined {
  const needed = VmclockFlag.TIME_MAXERROR_VALID | VmclockFlag.PERIOD_MAXERROR_VALID;
  if ((page.flags & needed) !== needed) return undefined;
  const elapsed = elapsedTicks(page, counter);
  const ticks = elapsed < 0n ? -elapsed : elapsed;
  const growthNs = ceilShift(page.counterPeriodMaxerrorRateFracSec * ticks * NS_PER_S, fractionBits(page));
  return Number(page.timeMaxerrorNs + growthNs);
}

/**
 * The first counter value at which the line has reached `timeNs`: the inverse of timeAtCounterNs().
 *
 * @param timeNs ns since 1970 on the page's own scale
 * @returns the counter, unsigned 64 bits
 * @throws RangeError when the page has no period, or the instant is 2^63 ticks or more from the reference
 */
export function counterAtTimeNs(page: VmclockPage, timeNs: bigint): bigint {
  if (page.counterPeriodFracSec === 0n) throw new RangeError('the vmclock page has no counter period');
  const distance = (timeNs << fractionBits(page)) - referenceTime(page) * NS_PER_S;
  const elapsed = ceilDivide(distance, page.counterPeriodFracSec * NS_PER_S);
  if (BigInt.asIntN(64, elapsed) !== elapsed) {
    throw new RangeError(`${timeNs} ns is out of reach of the vmclock page's line`);
  }
  return BigInt.asUintN(64, page.counterValue + elapsed);
}

/** Periods and, here, times are in units of 2^-(64 + shift) s. */
function fractionBits(page: VmclockPage): bigint {
  return BigInt(64 + page.counterPeriodShift);
}

function referenceTime(page: VmclockPage): bigint {
  return ((page.timeSec << 64n) + page.timeFracSec) << BigInt(page.counterPeriodShift);
}

function elapsedTicks(page: VmclockPage, counter: bigint): bigint {
  return BigInt.asIntN(64, counter - page.counterValue);
}

function ceilShift(value: bigint, bits: bigint): bigint {
  return -(-value >> bits);
}

/** `divisor` > 0. */
function ceilDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor > 0n ? quotient + 1n : quotient;
}
