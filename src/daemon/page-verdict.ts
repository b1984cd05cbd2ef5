import type { VmclockPage } from '../ioctl/vmclock-page.js';

/** Whether the page lets us feed, and the leap status to pass on. */
export type PageVerdict =
  | { readonly kind: 'go'; readonly leap: 0 | 1 | 2 }
  /** Nothing may be fed; `reason` is a sentence for people. */
  | { readonly kind: 'hold'; readonly reason: string };

const COUNTER_ID_NONE = 0xff;
const UNUSABLE_TIME_TYPES: Readonly<Record<number, string>> = {
  2: 'monotonic time, which says nothing about UTC',
  3: 'smeared time, whose distance from UTC is not known',
  4: 'smeared time, whose distance from UTC is not known',
};

/**
 * Reads the host's own word about its time. A page without time (QEMU, Firecracker: counter_id 0xff, status
 * unknown) is no reason to hold: it only marks disruptions, the time comes from the PHC.
 */
export function pageVerdict(page: VmclockPage): PageVerdict {
  if (page.clockStatus === 4) {
    return { kind: 'hold', reason: 'the host says that its clock is unreliable (vmclock clock_status 4)' };
  }
  if (page.clockStatus === 1) {
    return { kind: 'hold', reason: 'the host says that its clock is still initialising (vmclock clock_status 1)' };
  }
  if (page.counterId !== COUNTER_ID_NONE && page.timeType > 1) {
    const what = UNUSABLE_TIME_TYPES[page.timeType] ?? 'a time type this version does not know';
    return { kind: 'hold', reason: `the page carries ${what} (vmclock time_type ${page.timeType})` };
  }
  // During an inserted second UTC names two instants alike, so that no offset from it can be told.
  if (page.leapIndicator === 3) return { kind: 'hold', reason: 'a leap second is being inserted' };
  return { kind: 'go', leap: page.leapIndicator === 1 ? 1 : page.leapIndicator === 2 ? 2 : 0 };
}
