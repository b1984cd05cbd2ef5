/** A kernel's version as kernel.org counts: 6.18.47. */
export type KernelVersion = readonly [major: number, minor: number, patch: number];

/** How the kernel names itself, each "" where it does not. */
export interface KernelNames {
  /** /proc/sys/kernel/osrelease (`uname -r`). */
  readonly release: string;
  /** /proc/sys/kernel/version (`uname -v`). */
  readonly version: string;
  /** /proc/version_signature (Ubuntu). */
  readonly signature: string;
}

/**
 * The kernel.org version that a kernel was made from; undefined when it cannot be told.
 *
 * Debian up to 12 and Ubuntu put their ABI's number where the patch level belongs ("6.1.0-40-amd64"), and tell the true
 * version elsewhere.
 */
export function kernelVersion({ release, version, signature }: KernelNames): KernelVersion | undefined {
  const told = /^Ubuntu \S+ (\d\S*)/.exec(signature)?.[1] ?? /\bDebian (\d+\.\d+\S*)/.exec(version)?.[1] ?? release;
  const [, major, minor, patch = '0'] = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,6}))?(?!\d)/.exec(told) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return [Number(major), Number(minor), Number(patch)];
}

/** Whether a kernel is at least as new as another. */
export function isAtLeast(version: KernelVersion, other: KernelVersion): boolean {
  for (const [index, part] of version.entries()) {
    const wanted = other[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
