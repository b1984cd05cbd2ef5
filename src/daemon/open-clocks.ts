import { describeClock } from '../ioctl/describe-clock.js';
import { discoverClocks } from '../ioctl/discover-clocks.js';
import { openPhc } from '../ioctl/open-phc.js';
import type { PhcReader } from '../ioctl/phc-reader.js';
import type { RankedClock } from '../ioctl/rank-clocks.js';
import { SystemError } from '../ioctl/system-error.js';
import { VmclockDevice } from '../ioctl/vmclock-device.js';
import type { Settings } from './config/settings.js';
import type { Log } from './log/log.js';

const VMCLOCK_PATH = '/dev/vmclock0';

/** A PHC that is open and has been read once. */
export interface OpenPhc {
  readonly phc: PhcReader;
  readonly described: RankedClock;
}

/**
 * Opens the PHC that the settings name, or the best one that can be read.
 *
 * @throws SystemError or Error that says what is missing and what to do
 */
export function openChosenPhc(setting: Settings['phc'], log: Log): OpenPhc {
  if (setting !== 'auto') return waitable(openAndTry(describeClock(setting)));
  const clocks = discoverClocks();
  const failures: string[] = [];
  let lastResort: Opened | undefined;
  for (const described of clocks) {
    const opened = openAndTry(described);
    if (opened.failure === undefined && opened.phc !== undefined) {
      lastResort?.phc?.close();
      return { phc: opened.phc, described };
    }
    failures.push(opened.failure?.message ?? '');
    log.warn(`${described.path} (${described.clockName}) gives no reading now: ${failures.at(-1)}`);
    if (lastResort === undefined && opened.phc !== undefined) lastResort = opened;
    else opened.phc?.close();
  }
  if (lastResort !== undefined) return waitable(lastResort);
  if (clocks.length > 0) throw new Error(`none of the PTP clocks here can be used: ${failures.join('; ')}`);
  throw new Error(
    'this machine has no PTP clock (/sys/class/ptp lists none): `vmclockd probe` says why and what to do. On a KVM guest: ' +
      '`modprobe ptp_kvm`, and to keep it, `echo ptp_kvm > /etc/modules-load.d/ptp_kvm.conf`',
  );
}

/** A clock that was opened and read once. */
interface Opened {
  readonly described: RankedClock;
  /** undefined: it can never be read. */
  readonly phc?: PhcReader;
  /** Why it gave no reading; undefined: it did. */
  readonly failure?: Error;
}

/** Passing troubles: a busy NIC, a host that says unreliable. They are the loop's to wait out. */
const PASSING: ReadonlySet<string> = new Set(['EBUSY', 'EINTR', 'ETIMEDOUT', 'EINVAL', 'ESTALE']);

function openAndTry(described: RankedClock): Opened {
  let phc: PhcReader | undefined;
  try {
    phc = openPhc(described);
    phc.read();
    return { described, phc };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    // EINVAL is what other devices say to a request they do not know: only a PTP clock's may be waited out.
    const passing = error instanceof SystemError && PASSING.has(error.code) && described.clockName !== '';
    if (phc !== undefined && passing) return { described, phc, failure };
    phc?.close();
    return { described, failure };
  }
}

function waitable({ described, phc, failure }: Opened): OpenPhc {
  if (phc === undefined) throw failure ?? new Error(`${described.path} cannot be read`);
  return { phc, described };
}

/**
 * Opens the vmclock page that the settings name; undefined where there is to be none, or 'auto' finds none.
 *
 * @throws SystemError or VmclockPageError when it is there and cannot be used: without it no disruption would be told, so
 * that must be somebody's decision (`vmclock = "none"`)
 */
export function openChosenPage(setting: Settings['vmclock'], log: Log): VmclockDevice | undefined {
  if (setting === 'none') return undefined;
  try {
    return VmclockDevice.open(setting === 'auto' ? VMCLOCK_PATH : setting);
  } catch (error) {
    const absent = error instanceof SystemError && ['ENOENT', 'ENXIO', 'ENODEV'].includes(error.code);
    if (setting !== 'auto' || !absent) throw error;
    log.warn(
      `no ${VMCLOCK_PATH}: disruptions are inferred from jumps of the PHC, which is slower and may miss small ones`,
    );
    return undefined;
  }
}
