/** What chronyd's `refclock SOCK` is told: at `realtimeNs` the true time was `offsetNs` ahead of the system clock. */
export interface RefclockSample {
  /** CLOCK_REALTIME as read, ns since 1970. */
  readonly realtimeNs: bigint;
  /** True time − system time, ns: positive when the system clock is behind. */
  readonly offsetNs: number;
  /** 0 none, 1 a second will be inserted, 2 deleted, at the end of the UTC day. */
  readonly leap: 0 | 1 | 2;
}
