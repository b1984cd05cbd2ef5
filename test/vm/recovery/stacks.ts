import { VmclockFlag } from '../../../src/ioctl/vmclock-page.js';
import type { Guest, GuestOptions } from '../guest.js';
import { SOCK, startVmclockd, statusUntil } from '../guest-programs.js';
import { startSteeringChronyd } from './steering-chronyd.js';

/** A way to keep a guest's clock. */
export interface Stack {
  /** Also its name on the command line. */
  readonly name: string;
  readonly title: string;
  /** CSS colour of its line. */
  readonly colour: string;
  readonly guest: GuestOptions;
  /** PHC − UTC as this kernel shows the page. */
  readonly shiftSeconds: number;
  /** It has time to find its frequency before a disruption, s. */
  readonly settleSeconds: number;
  /** It is watched after a disruption, s. */
  readonly watchSeconds: number;
  /** Whether there is a chronyd to ask, and a vmclockd. */
  readonly chronyd: boolean;
  readonly vmclockd: boolean;
  /** The page has no time: the truth is a line over CLOCK_MONOTONIC_RAW in this file of the guest. */
  readonly lineFile?: string;
  /** Flags of the page that change with each disruption. */
  readonly toggledFlags?: bigint;
  start(guest: Guest): Promise<void>;
}

/** The page's usual TAI offset makes this kernel's PHC 37 s slow, which vmclockd finds out; the others are given UTC. */
const USUAL: GuestOptions = { page: 'time' };
const UTC: GuestOptions = { page: 'time', fields: { taiOffsetSec: 0 } };
const atPoll = (poll: number): string => `refclock SOCK ${SOCK} refid VMCK poll ${poll} filter 16 precision 1e-9`;
/** As in config/chrony/vmclockd.conf. */
const ADVISED = atPoll(-3);
const CONFIGURATION = '/run/vmclockd.toml';

function fed(name: string, title: string, colour: string, policy: string, source: string, watch: number): Stack {
  return {
    name,
    title,
    colour,
    guest: USUAL,
    shiftSeconds: -37,
    settleSeconds: 10,
    watchSeconds: watch,
    chronyd: true,
    vmclockd: true,
    start: (guest) => startFed(guest, policy, source),
  };
}

async function startFed(guest: Guest, policy: string, source: string, flags = ''): Promise<void> {
  await guest.shell.put(CONFIGURATION, `recovery = "${policy}"\n`);
  await startSteeringChronyd(guest, [source, 'makestep 0.1 -1']);
  await startVmclockd(guest, `--config ${CONFIGURATION} ${flags}`);
  const follows = 'chronyd follows vmclockd';
  await statusUntil(guest, follows, (s) => s.chronyd?.synchronised === true && s.chronyd.selectsUs);
}

/** Two pages that do not mean the same by their line tell no change of rate: it has to be measured. */
const untold: Stack = {
  ...fed('untold', 'vmclockd, feed-forward, the page tells no rate', '#e377c2', 'feed-forward', ADVISED, 15),
  toggledFlags: VmclockFlag.TIME_MONOTONIC,
};

const LINE = '/run/bench/line';

/** What most guests have: a page that carries no time, and a ptp_kvm (here its stand-in) that knows BASIC only. */
function basic(policy: string, colour: string): Stack {
  return {
    ...fed(`basic-${policy}`, `vmclockd, ${policy}, BASIC`, colour, policy, ADVISED, 20),
    guest: { page: 'marker-only' },
    shiftSeconds: 0,
    lineFile: LINE,
    async start(guest) {
      const now = `python3 -c 'import time; print(time.clock_gettime_ns(4), time.time_ns(), 8000, "-")'`;
      await guest.shell.output(
        `${now} > ${LINE}; modprobe cuse; for i in $(seq 50); do [ -c /dev/cuse ] && exit 0; sleep 0.1; done; exit 1`,
      );
      await guest.shell.start(`python3 -u /opt/bench/cuse-ptp-kvm.py ptp_kvm ${LINE}`, '/run/bench/cuse.log');
      await guest.shell.output('for i in $(seq 50); do [ -c /dev/ptp_kvm ] && exit 0; sleep 0.1; done; exit 1');
      await startFed(guest, policy, ADVISED, '--phc /dev/ptp_kvm');
    },
  };
}

function chronyAlone(
  name: string,
  title: string,
  colour: string,
  lines: string[],
  settle: number,
  watch: number,
): Stack {
  return {
    name,
    title,
    colour,
    guest: UTC,
    shiftSeconds: 0,
    settleSeconds: settle,
    watchSeconds: watch,
    chronyd: true,
    vmclockd: false,
    async start(guest) {
      await startSteeringChronyd(guest, lines);
      await guest.shell.output(
        'for i in $(seq 240); do chronyc -c tracking | grep -q ^50484330 && exit 0; sleep 0.5; done; exit 1',
        150_000,
      );
    },
  };
}

const phc2sys: Stack = {
  name: 'phc2sys',
  title: 'phc2sys -R 4 -S 0.0001',
  colour: '#7f7f7f',
  guest: UTC,
  shiftSeconds: 0,
  settleSeconds: 8,
  watchSeconds: 12,
  chronyd: false,
  vmclockd: false,
  async start(guest) {
    await guest.shell.output('pkill phc2sys; sleep 0.2; true');
    await guest.shell.start('phc2sys -s /dev/ptp0 -O 0 -R 4 -S 0.0001 -m', '/run/bench/phc2sys.log');
  },
};

export const STACKS: readonly Stack[] = [
  fed('feed-forward', 'vmclockd, feed-forward', '#d62728', 'feed-forward', ADVISED, 15),
  fed('feed-forward-poll0', 'vmclockd, feed-forward, poll 0', '#ff9896', 'feed-forward', atPoll(0), 20),
  fed('feed-forward-poll-2', 'vmclockd, feed-forward, poll −2', '#f7b6d2', 'feed-forward', atPoll(-2), 15),
  fed('feed-forward-poll-4', 'vmclockd, feed-forward, poll −4', '#bcbd22', 'feed-forward', atPoll(-4), 15),
  fed('reset', 'vmclockd, reset', '#ff7f0e', 'reset', ADVISED, 25),
  untold,
  basic('feed-forward', '#9467bd'),
  basic('reset', '#8c564b'),
  phc2sys,
  chronyAlone(
    'chrony-tuned',
    'chrony PHC poll −2 dpoll −4, makestep 0.0001 −1',
    '#1f77b4',
    ['refclock PHC /dev/ptp0 refid PHC0 poll -2 dpoll -4', 'makestep 0.0001 -1'],
    15,
    25,
  ),
  chronyAlone(
    'chrony-default',
    'chrony PHC poll 3, makestep 1 3',
    '#2ca02c',
    ['refclock PHC /dev/ptp0 refid PHC0 poll 3', 'makestep 1 3'],
    60,
    80,
  ),
];
