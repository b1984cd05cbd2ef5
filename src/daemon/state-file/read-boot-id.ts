import { readFileSync } from 'node:fs';

/** The kernel's id of this boot; undefined where /proc does not give it. Source: proc_sys_kernel(5), random/boot_id. */
export function readBootId(path = '/proc/sys/kernel/random/boot_id'): string | undefined {
  try {
    const id = readFileSync(path, 'latin1').trim();
    return /^[0-9a-f-]{36}$/.test(id) ? id : undefined;
  } catch {
    // Some containers hide it: then two boots cannot be told apart, and the caller goes without.
    return undefined;
  }
}
