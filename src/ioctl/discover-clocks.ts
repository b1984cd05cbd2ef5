import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type ClockKind, clockKind } from './clock-kind.js';
import { currentClocksource } from './current-clocksource.js';
import { type ListedClock, type RankedClock, rankClocks } from './rank-clocks.js';

/** udev's stable names: ptp0 today may be another clock after the next boot. */
const STABLE_NAMES: ReadonlyMap<ClockKind, string> = new Map([
  ['kvm', 'ptp_kvm'],
  ['hyperv', 'ptp_hyperv'],
  ['vmware', 'ptp_vmware'],
]);

/**
 * The PTP clocks of this machine, best first; none when the kernel has none. It opens no device.
 *
 * @param root where / is
 */
export function discoverClocks(root = '/'): readonly RankedClock[] {
  const clocks = clockNames(root).map(([index, clockName]): ListedClock => {
    return { index, clockName, path: devicePath(root, index, clockName) };
  });
  return rankClocks(clocks, currentClocksource(root));
}

/** Index and clock_name of every PTP clock the kernel lists. */
export function clockNames(root: string): readonly (readonly [number, string])[] {
  const folder = join(root, 'sys/class/ptp');
  return readNames(folder).flatMap((entry) => {
    const index = /^ptp(\d+)$/.exec(entry)?.[1];
    return index === undefined ? [] : [[Number(index), readName(join(folder, entry, 'clock_name'))] as const];
  });
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No such folder: the kernel has no PTP support loaded, and so no clocks.
    return [];
  }
}

function readName(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // Gone between the listing and now, or hidden by a sandbox: the clock may still be readable.
    return '';
  }
}

function devicePath(root: string, index: number, clockName: string): string {
  const path = join(root, `dev/ptp${index}`);
  const stableName = STABLE_NAMES.get(clockKind(clockName));
  const stablePath = join(root, `dev/${stableName}`);
  return stableName !== undefined && realPath(stablePath) === realPath(path) ? stablePath : path;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    // No such link, or it leads nowhere.
    return undefined;
  }
}
