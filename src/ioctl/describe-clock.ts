import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { currentClocksource } from './current-clocksource.js';
import { clockNames } from './discover-clocks.js';
import { describeListed, type RankedClock } from './rank-clocks.js';
import { SystemError } from './system-error.js';

const ENOTTY = 25;

/**
 * The PTP clock at a path that the user gave, which always wins: it is checked, never replaced by a better one.
 *
 * @param root where / is, for /sys; `path` is taken as it is
 * @throws SystemError that says what to do: ENOENT (no such device), EACCES (no permission), ENOTTY (no clock at all)
 */
export function describeClock(path: string, root = '/'): RankedClock {
  const real = requireDevice(path);
  const index = Number(/^ptp(\d+)$/.exec(basename(real))?.[1] ?? -1);
  const clockName = clockNames(root).find(([listed]) => listed === index)?.[1] ?? '';
  return describeListed({ index, path, clockName }, currentClocksource(root));
}

function requireDevice(path: string): string {
  try {
    const real = realpathSync(path);
    if (!statSync(real).isCharacterDevice()) {
      throw new SystemError(
        'stat',
        ENOTTY,
        path,
        'This is no character device; a PTP clock is one, such as /dev/ptp0.',
      );
    }
    accessSync(real, constants.R_OK);
    return real;
  } catch (error) {
    throw error instanceof SystemError ? error : explained(error, path);
  }
}

/** node:fs throws errors with a negative errno; anything else is a defect and stays what it is. */
function explained(error: unknown, path: string): unknown {
  if (typeof error !== 'object' || error === null) return error;
  if (!('errno' in error) || typeof error.errno !== 'number') return error;
  const failure = new SystemError('open', Math.abs(error.errno), path);
  switch (failure.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return failure.withRemedy(absent(path));
    case 'EACCES':
    case 'EPERM':
      return failure.withRemedy(
        'Run vmclockd as a user of the group that owns the device ("clock" on recent systems), or as root.',
      );
    default:
      return failure;
  }
}

function absent(path: string): string {
  return path.endsWith('ptp_kvm') || /ptp\d*$/.test(path)
    ? 'There is no such device. On a KVM guest `modprobe ptp_kvm` brings one; a machine that is no guest has no clock of a host. `vmclockd probe` lists what there is.'
    : 'There is no such device. `vmclockd probe` lists the clocks of this machine.';
}
