/**
 * The vmclock page as shipped in Linux's `include/uapi/linux/vmclock-abi.h`, decoded. Values are kept as
 * found, also ones this program does not know: the page is the hypervisor's, and newer than us.
 */
export interface VmclockPage {
  /** Size the page announces, bytes: fields beyond it are absent. */
  readonly sizeBytes: number;
  readonly version: number;
  /** 0 ARM virtual counter, 1 x86 TSC, 0xff none: the page carries no time. */
  readonly counterId: number;
  /** 0 UTC, 1 TAI, 2 monotonic, 3 and 4 smeared. */
  readonly timeType: number;
  /** Even: the snapshot is consistent. */
  readonly seqCount: number;
  /** Changes when the guest's counter was disrupted (live migration, usually also a snapshot restore). */
  readonly disruptionMarker: bigint;
  /** See VmclockFlag; unknown bits are kept. */
  readonly flags: bigint;
  /** 0 unknown, 1 initialising, 2 synchronised, 3 free-running, 4 unreliable. */
  readonly clockStatus: number;
  /** 0 strict, 1 noon to noon linear, 2 UTC-SLS. */
  readonly leapSecondSmearingHint: number;
  /** TAI − UTC, s; meaningful only with VmclockFlag.TAI_OFFSET_VALID. */
  readonly taiOffsetSec: number;
  /** 0 none, 1 before an inserted second, 2 before a deleted one, 3 during an inserted one, 4 and 5 after. */
  readonly leapIndicator: number;
  readonly counterPeriodShift: number;
  /** Counter at the page's reference instant. */
  readonly counterValue: bigint;
  /** Period of the counter, units of 2^-(64 + counterPeriodShift) s. */
  readonly counterPeriodFracSec: bigint;
  /** Estimated error of the period, same unit; with VmclockFlag.PERIOD_ESTERROR_VALID. */
  readonly counterPeriodEsterrorRateFracSec: bigint;
  /** Maximum error of the period, same unit; with VmclockFlag.PERIOD_MAXERROR_VALID. */
  readonly counterPeriodMaxerrorRateFracSec: bigint;
  /** The reference instant on the page's time scale, s since 1970. */
  readonly timeSec: bigint;
  /** Its fraction, units of 2^-64 s. */
  readonly timeFracSec: bigint;
  /** Estimated error of the time at the reference instant, ns; with VmclockFlag.TIME_ESTERROR_VALID. */
  readonly timeEsterrorNs: bigint;
  /** Maximum error of the time at the reference instant, ns; with VmclockFlag.TIME_MAXERROR_VALID. */
  readonly timeMaxerrorNs: bigint;
  /** Changes when the guest was restored from a snapshot or cloned; absent without VmclockFlag.VM_GEN_COUNTER_PRESENT. */
  readonly vmGenerationCounter?: bigint;
}

/**
 * Flag bits of the page. They follow the kernel's header, which is what hypervisors ship. The published
 * UAPI.13 v1.0 text has no TIME_MONOTONIC and so gives the bits above it one less: a trap, not an alternative.
 */
export const VmclockFlag = {
  TAI_OFFSET_VALID: 1n << 0n,
  DISRUPTION_SOON: 1n << 1n,
  DISRUPTION_IMMINENT: 1n << 2n,
  PERIOD_ESTERROR_VALID: 1n << 3n,
  PERIOD_MAXERROR_VALID: 1n << 4n,
  TIME_ESTERROR_VALID: 1n << 5n,
  TIME_MAXERROR_VALID: 1n << 6n,
  TIME_MONOTONIC: 1n << 7n,
  VM_GEN_COUNTER_PRESENT: 1n << 8n,
  NOTIFICATION_PRESENT: 1n << 9n,
} as const;

/** What one look at the page saw. */
export type PageLook =
  /** A consistent snapshot. The same object is returned again while the page has not changed. */
  | { readonly kind: 'settled'; readonly page: VmclockPage }
  /** The sequence count was odd, or kept changing, until the look's deadline. */
  | { readonly kind: 'unsettled'; readonly seqCount: number }
  /** The page cannot be read, or is no longer one (wrong magic, version or size). */
  | { readonly kind: 'unreadable'; readonly error: Error };
