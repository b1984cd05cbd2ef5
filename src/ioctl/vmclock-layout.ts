/**
 * Where the fields of the vmclock page lie, as shipped in Linux's `include/uapi/linux/vmclock-abi.h`.
 *
 * All of it is little-endian. The published UAPI.13 v1.0 text puts the generation counter at 0x64 and some flags one
 * bit lower; hypervisors ship the header, so the header is what counts here.
 */

/** Types of up to 32 bits, read as number. */
export interface NumberField {
  readonly offset: number;
  readonly type: 'u8' | 'u16' | 'i16' | 'u32';
}

/** 64-bit fields, read as bigint. */
export interface BigField {
  readonly offset: number;
  readonly type: 'u64';
}

/** "VCLK" as a little-endian 32-bit number. */
export const VMCLOCK_MAGIC = 0x4b4c_4356;

/** The only version there is; new fields are announced by flags, not by a version. */
export const VMCLOCK_VERSION = 1;

/** Bytes of the first shipped structure, up to time_maxerror_nanosec. */
export const VMCLOCK_BYTES = 104;

/** Bytes with vm_generation_counter, the longest structure this version knows. */
export const VMCLOCK_BYTES_WITH_GENERATION = 112;

/** Largest size we believe. Real ones are one page, 4 to 64 KiB; the rest is room for what may come. */
export const VMCLOCK_MAX_BYTES = 1024 * 1024;

/** Fields by the header's names, in the order of the page; two bytes of padding at 0x20. */
export const VMCLOCK_FIELDS = {
  magic: { offset: 0x00, type: 'u32' },
  size: { offset: 0x04, type: 'u32' },
  version: { offset: 0x08, type: 'u16' },
  counter_id: { offset: 0x0a, type: 'u8' },
  time_type: { offset: 0x0b, type: 'u8' },
  seq_count: { offset: 0x0c, type: 'u32' },
  disruption_marker: { offset: 0x10, type: 'u64' },
  flags: { offset: 0x18, type: 'u64' },
  clock_status: { offset: 0x22, type: 'u8' },
  leap_second_smearing_hint: { offset: 0x23, type: 'u8' },
  // The header declares it unsigned and says in a comment that it is two's complement.
  tai_offset_sec: { offset: 0x24, type: 'i16' },
  leap_indicator: { offset: 0x26, type: 'u8' },
  counter_period_shift: { offset: 0x27, type: 'u8' },
  counter_value: { offset: 0x28, type: 'u64' },
  counter_period_frac_sec: { offset: 0x30, type: 'u64' },
  counter_period_esterror_rate_frac_sec: { offset: 0x38, type: 'u64' },
  counter_period_maxerror_rate_frac_sec: { offset: 0x40, type: 'u64' },
  time_sec: { offset: 0x48, type: 'u64' },
  time_frac_sec: { offset: 0x50, type: 'u64' },
  time_esterror_nanosec: { offset: 0x58, type: 'u64' },
  time_maxerror_nanosec: { offset: 0x60, type: 'u64' },
  vm_generation_counter: { offset: 0x68, type: 'u64' },
} as const satisfies Readonly<Record<string, NumberField | BigField>>;
