/**
 * The PTP ioctls as in Linux's `include/uapi/linux/ptp_clock.h`. The numbers hold for x86-64, arm64 and riscv64
 * (asm-generic/ioctl.h); the structures are little-endian there and the same on all of them.
 */

/** One ioctl: its name for errors, its number, the size of its structure in bytes. */
export interface PtpRequest {
  readonly name: string;
  readonly request: number;
  readonly size: number;
}

export const PTP_CLOCK_GETCAPS: PtpRequest = { name: 'PTP_CLOCK_GETCAPS', request: 0x80503d01, size: 80 };
export const PTP_SYS_OFFSET: PtpRequest = { name: 'PTP_SYS_OFFSET', request: 0x43403d05, size: 832 };
export const PTP_SYS_OFFSET_PRECISE: PtpRequest = { name: 'PTP_SYS_OFFSET_PRECISE', request: 0xc0403d08, size: 64 };
export const PTP_SYS_OFFSET_EXTENDED: PtpRequest = {
  name: 'PTP_SYS_OFFSET_EXTENDED',
  request: 0xc4c03d09,
  size: 1216,
};

/** The most readings one EXTENDED or BASIC call can take. */
export const PTP_MAX_SAMPLES = 25;

/** Where the stamps of EXTENDED and BASIC begin, bytes. */
export const STAMPS_AT = 16;
/** struct ptp_clock_time: i64 sec, u32 nsec, u32 reserved. */
export const STAMP_BYTES = 16;
