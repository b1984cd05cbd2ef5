import type { ReadingMethod } from './reading.js';

/** The drivers that give a guest its host's time, and 'other' for the rest (a NIC's clock, mostly). */
export type ClockKind = 'vmclock' | 'kvm' | 'virtio' | 's390' | 'ena' | 'gve' | 'hyperv' | 'vmware' | 'other';

/** A time scale as documented. What a clock really ticks has to be measured: vmclock's changed with Linux 7.0. */
export type DocumentedTimescale = 'utc' | 'tai' | 'unknown';

const NAMES: readonly (readonly [RegExp, ClockKind])[] = [
  [/^vmclock/, 'vmclock'],
  [/^KVM virtual PTP$/, 'kvm'],
  [/^Virtio PTP /, 'virtio'],
  [/^s390 /, 's390'],
  [/^ena-ptp-/, 'ena'],
  [/^gve clock$/, 'gve'],
  [/^hyperv$/, 'hyperv'],
  [/^ptp_vmw$/, 'vmware'],
];

/** The kind of clock behind a clock_name of /sys/class/ptp. */
export function clockKind(clockName: string): ClockKind {
  return NAMES.find(([pattern]) => pattern.test(clockName))?.[1] ?? 'other';
}

/** The time scale that the driver's documentation gives for a clock_name. */
export function documentedTimescale(clockName: string): DocumentedTimescale {
  switch (clockKind(clockName)) {
    case 'kvm':
    case 'hyperv':
    case 'vmware':
    case 'ena':
      return 'utc';
    case 'virtio':
      return virtioTimescale(clockName);
    default:
      return 'unknown';
  }
}

/**
 * How many readings a batch may have at most; undefined: as many as are useful. EC2's network card answers 125 readings a
 * second, and none for a while when asked more often (kernel documentation, ena.rst); a recovery takes 100 batches a second.
 */
export function readingsAllowed(clockName: string): number | undefined {
  return clockKind(clockName) === 'ena' ? 1 : undefined;
}

/** Virtio RTC's clock types: 0 UTC, 1 TAI, 2 monotonic, 3 and 4 smeared. */
function virtioTimescale(clockName: string): DocumentedTimescale {
  switch (/^Virtio PTP type (\d+)\b/.exec(clockName)?.[1]) {
    case '0':
      return 'utc';
    case '1':
      return 'tai';
    default:
      return 'unknown';
  }
}

/**
 * The best method a kind of clock can be expected to have. Only a try tells; this decides which clock is tried first.
 *
 * @param clocksource the guest's, "" when unknown
 */
export function expectedMethod(kind: ClockKind, clocksource: string): ReadingMethod {
  switch (kind) {
    case 'vmclock':
    case 'virtio':
    case 's390':
      return 'PRECISE';
    case 'kvm':
      return clocksource === 'kvm-clock' || clocksource === 'arch_sys_counter' ? 'PRECISE' : 'BASIC';
    case 'ena':
    case 'other':
      return 'EXTENDED';
    default:
      return 'BASIC';
  }
}
