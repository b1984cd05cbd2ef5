import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PtpClock } from '../../ioctl/ptp-clock.js';
import { SystemClocks } from '../../ioctl/system-clocks.js';
import { VmclockDevice } from '../../ioctl/vmclock-device.js';
import type { ProbedClock } from '../probe-clock.js';
import type { ProbedPage } from '../probe-page.js';
import { fetchStatus } from '../status-client.js';

/** All that doctor asks of the machine beside its files: tests put a made-up machine in its place. */
export interface Outside {
  /** Where / is. Every path below has it in front, but for the sockets. */
  readonly root: string;
  /** Our effective user id. */
  readonly uid: number;
  /** @throws SystemError */
  readonly openClock: (path: string) => ProbedClock;
  /** @throws SystemError, VmclockPageError */
  readonly openPage: (path: string) => ProbedPage;
  /** The kernel's TAI − UTC, s; 0 when nobody has told it. */
  readonly kernelTaiOffsetSeconds: () => number;
  /** What the daemon writes to its status socket. @throws StatusUnreachableError, after some seconds at most */
  readonly fetchStatus: (socket: string) => Promise<string>;
  /** What `chronyd -v` prints. @throws Error, after some seconds at most */
  readonly chronydVersion: (binary: string) => Promise<string>;
}

/** However little a program or a daemon answers, doctor has its say after this, ms. */
const PATIENCE_MS = 3000;

const run = promisify(execFile);

/** The machine we are on. */
export const THIS_MACHINE: Outside = {
  root: '/',
  uid: process.geteuid?.() ?? 0,
  openClock: PtpClock.open,
  openPage: VmclockDevice.open,
  kernelTaiOffsetSeconds: () => new SystemClocks().kernelTaiOffsetSeconds(),
  fetchStatus: (socket) => fetchStatus(socket, PATIENCE_MS),
  chronydVersion: async (binary) => (await run(binary, ['-v'], { timeout: PATIENCE_MS, killSignal: 'SIGKILL' })).stdout,
};
