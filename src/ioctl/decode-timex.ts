/** How the kernel steers CLOCK_REALTIME. */
export interface KernelSteering {
  /** By how much the clock is made faster than its counter says, ppb. */
  readonly correctionPpb: number;
  /** The kernel was told that its clock is synchronised (STA_UNSYNC is clear). chronyd does so with `rtcsync` only. */
  readonly synchronised: boolean;
}

/** Size of `struct timex` on LP64, bytes (linux/timex.h). */
export const TIMEX_SIZE = 208;
const FREQ = 16;
const STATUS = 40;
const TICK = 88;
const STA_UNSYNC = 0x40;
/** µs a tick at USER_HZ 100: one more is 100 ppm. */
const USUAL_TICK = 10_000n;

/**
 * Decodes `struct timex` as adjtimex(2) fills it in: `freq` in 2^-16 ppm, and `tick`, by which chronyd makes larger corrections.
 *
 * @throws RangeError when it is too short
 */
export function decodeTimex(bytes: Uint8Array): KernelSteering {
  if (bytes.length < TIMEX_SIZE) throw new RangeError(`struct timex has ${TIMEX_SIZE} bytes, not ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frequencyPpb = (Number(view.getBigInt64(FREQ, true)) * 1000) / 65536;
  const tickPpb = Number(view.getBigInt64(TICK, true) - USUAL_TICK) * 100_000;
  return {
    correctionPpb: frequencyPpb + tickPpb,
    synchronised: (view.getInt32(STATUS, true) & STA_UNSYNC) === 0,
  };
}
