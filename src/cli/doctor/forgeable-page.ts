import { isAtLeast, type KernelVersion } from './kernel-version.js';

/** From the first version to the one before the fix, in each of kernel.org's lines. */
const AFFECTED: readonly { readonly from: KernelVersion; readonly fixed: KernelVersion }[] = [
  { from: [6, 13, 0], fixed: [6, 18, 47] },
  { from: [6, 19, 0], fixed: [7, 1, 11] },
  { from: [7, 2, 0], fixed: [7, 2, 1] },
  { from: [7, 3, 0], fixed: [7, 3, 4] },
];

/**
 * Whether kernel.org's kernel of this version has CVE-2026-80724: whoever may open /dev/vmclock0 for reading can make
 * his mapping of it writable, and so forge the host's time. A distribution may have mended it earlier.
 */
export function hasForgeablePage(version: KernelVersion): boolean {
  return AFFECTED.some(({ from, fixed }) => isAtLeast(version, from) && !isAtLeast(version, fixed));
}
