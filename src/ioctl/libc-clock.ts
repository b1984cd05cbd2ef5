import { checked, integer, libcFunction } from './libc-call.js';

const cClockGettime = libcFunction<[number, BigInt64Array]>('int clock_gettime(int clock, void *time)');

/** Clock ids of clockGettime(), from time.h. */
export const CLOCK_REALTIME = 0;
export const CLOCK_MONOTONIC = 1;
export const CLOCK_MONOTONIC_RAW = 4;
export const CLOCK_TAI = 11;

/** Reused: a reading is two clocks around an ioctl, and garbage between them would widen it. */
const timespec = new BigInt64Array(2);

/**
 * clock_gettime(2): ns since the clock's epoch.
 *
 * @param clockId one of CLOCK_…
 * @throws SystemError EINVAL for a clock the kernel does not have
 */
export function clockGettime(clockId: number): bigint {
  const result = cClockGettime(integer(clockId, 0, 0x7fffffff, 'clock id'), timespec);
  if (result !== 0) checked(result, 'clock_gettime', `clock ${clockId}`);
  return (timespec[0] ?? 0n) * 1_000_000_000n + (timespec[1] ?? 0n);
}
