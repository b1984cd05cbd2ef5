import { VmclockFlag, type VmclockPage } from '../ioctl/vmclock-page.js';

/** The page's TAI − UTC, s; undefined where the page does not vouch for it. */
export function validTaiOffset(page: VmclockPage): number | undefined {
  return (page.flags & VmclockFlag.TAI_OFFSET_VALID) === 0n ? undefined : page.taiOffsetSec;
}
