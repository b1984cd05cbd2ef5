import { VmclockDevice } from '../ioctl/vmclock-device.js';
import { clockStatusName, leapName, vmclockFlagNames } from '../ioctl/vmclock-flags.js';
import { hasTime } from '../ioctl/vmclock-line.js';
import { type PageLook, VmclockFlag, type VmclockPage } from '../ioctl/vmclock-page.js';
import type { PageContents, PageFacts } from './probe-facts.js';

/** What the probe does with a page's device. */
export type ProbedPage = Pick<VmclockDevice, 'look' | 'watch' | 'watching' | 'close'>;

const COUNTERS: Readonly<Record<number, string>> = { 0: "ARM's virtual counter", 1: 'the TSC', 255: 'no counter' };
const TIME_TYPES: readonly string[] = ['UTC', 'TAI', 'monotonic', 'smeared UTC', 'smeared UTC (unspecified)'];
/** Each look has its own deadline; a page in the midst of an update has settled by the next. */
const LOOKS = 10;

/** Reads one vmclock page. @param open opens it, or throws with the reason */
export function probePage(path: string, open: (path: string) => ProbedPage = VmclockDevice.open): PageFacts {
  let device: ProbedPage;
  try {
    device = open(path);
  } catch (error) {
    return { path, error: error instanceof Error ? error.message : String(error), contents: null };
  }
  try {
    const look = settledLook(device);
    if (look.kind === 'unreadable') return { path, error: look.error.message, contents: null };
    if (look.kind === 'unsettled') {
      const error = `it is being updated, or the hypervisor left it half-written (sequence count ${look.seqCount})`;
      return { path, error, contents: null };
    }
    device.watch(() => undefined);
    return { path, error: '', contents: contentsOf(look.page, device.watching) };
  } finally {
    device.close();
  }
}

function settledLook(device: ProbedPage): PageLook {
  let look = device.look();
  for (let looks = 1; look.kind === 'unsettled' && looks < LOOKS; looks++) look = device.look();
  return look;
}

function contentsOf(page: VmclockPage, watching: 'poll' | 'look'): PageContents {
  const taiKnown = (page.flags & VmclockFlag.TAI_OFFSET_VALID) !== 0n;
  return {
    sizeBytes: page.sizeBytes,
    version: page.version,
    carriesTime: hasTime(page),
    counter: COUNTERS[page.counterId] ?? `counter ${page.counterId}`,
    timeType: TIME_TYPES[page.timeType] ?? `of type ${page.timeType}`,
    marker: page.disruptionMarker.toString(),
    generation: page.vmGenerationCounter?.toString() ?? null,
    seqCount: page.seqCount,
    clockStatus: clockStatusName(page.clockStatus),
    leap: leapName(page.leapIndicator),
    flags: vmclockFlagNames(page.flags),
    taiOffsetSeconds: taiKnown ? page.taiOffsetSec : null,
    watching,
  };
}
