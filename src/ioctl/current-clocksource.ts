import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The guest's clocksource, such as "tsc", "kvm-clock" or "arch_sys_counter"; "" when the kernel does not tell.
 *
 * @param root where / is
 */
export function currentClocksource(root = '/'): string {
  try {
    return readFileSync(join(root, 'sys/devices/system/clocksource/clocksource0/current_clocksource'), 'utf8').trim();
  } catch {
    // It only makes a sentence more precise; the sentences do without.
    return '';
  }
}
