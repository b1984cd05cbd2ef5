/**
 * The datagram of chronyd's `refclock SOCK` on a 64-bit machine: struct sock_sample of chrony's
 * refclock_sock.c, in native byte order (little-endian on every platform that is supported) and alignment.
 */
export const SAMPLE_LAYOUT = {
  lengthBytes: 40,
  /** i64, s since 1970. */
  seconds: 0,
  /** i64, µs, 0…999999. */
  microseconds: 8,
  /** f64, s, true − system. */
  offset: 16,
  /** i32, 0: a sample with known seconds, not a pulse. */
  pulse: 24,
  /** i32, 0 none, 1 insert, 2 delete. */
  leap: 28,
  /** i32, ignored. */
  pad: 32,
  /** i32. */
  magic: 36,
} as const;

/** "SOCK" as a 32-bit number. */
export const SAMPLE_MAGIC = 0x534f434b;

/** chronyd drops an offset of this size or more: one NTP era, s. */
export const SAMPLE_OFFSET_LIMIT_SECONDS = 2 ** 32;
