import { setTimeout as delay } from 'node:timers/promises';
import type { Guest, GuestOptions } from '../guest.js';
import { FED_BY_US, startChronyd, startRecorder, startVmclockd, status, statusUntil } from '../guest-programs.js';
import { recordedSamples, sampleErrorNs } from '../recorded-samples.js';
import { atLeast, atMost, exactly, type Scenario } from '../scenario.js';
import { quantile, readTruth } from '../truth.js';

const MARKER_ONLY: GuestOptions = { page: 'marker-only' };
const LINE = '/run/bench/line';
const CUSE_OUTPUT = '/run/bench/cuse.log';
const LINE_PPB = 8000;
/** A line over CLOCK_MONOTONIC_RAW is compared in the guest by reading three clocks in a row: no better than this. */
const BRACKET_NS = 5000;

/** Puts a new line in place of the old one, at once. Not given `precise`, PRECISE answers ENODEV. */
async function setLine(guest: Guest, stepNs: number, ppb: number, precise: boolean): Promise<void> {
  await guest.shell.put(
    '/run/bench/set-line.py',
    `import sys, time, os
step, ppb, word = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
raw, now = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW), time.clock_gettime_ns(time.CLOCK_REALTIME)
try:
    r, t, p = [int(w) for w in open('${LINE}').read().split()[:3]]
    now = t + (raw - r) + (raw - r) * p // 10**9
except FileNotFoundError:
    pass
open('${LINE}.new', 'w').write(f'{raw} {now + step} {ppb} {word}')
os.rename('${LINE}.new', '${LINE}')
`,
  );
  await guest.shell.output(`python3 /run/bench/set-line.py ${Math.round(stepNs)} ${ppb} ${precise ? 'precise' : '-'}`);
}

async function trueErrors(guest: Guest): Promise<number[]> {
  const readings = await readTruth(guest.shell, 120, 20, `--line ${LINE}`);
  return readings.map(({ deviceNs, realtimeNs }) => Math.abs(Number(deviceNs - realtimeNs)));
}

/** The stand-in for the kernel's device. */
async function startPtpKvm(guest: Guest, flags = ''): Promise<void> {
  await guest.shell.output(
    'modprobe cuse; for i in $(seq 300); do [ -c /dev/cuse ] && exit 0; sleep 0.1; done; exit 1',
  );
  await guest.shell.start(`python3 -u /opt/bench/cuse-ptp-kvm.py ptp_kvm ${LINE} ${flags}`, CUSE_OUTPUT);
  await guest.shell.output('for i in $(seq 300); do [ -c /dev/ptp_kvm ] && exit 0; sleep 0.1; done; exit 1');
}

/** What most guests have: a page without time, and a ptp_kvm that only knows the basic ioctl. */
const basic: Scenario = {
  name: 'marker-only: QEMU’s own page and a ptp_kvm with nothing but BASIC',
  about: 'product',
  guest: MARKER_ONLY,
  async run(guest) {
    await setLine(guest, 0, LINE_PPB, false);
    await startPtpKvm(guest);
    await startChronyd(guest, FED_BY_US);
    await startVmclockd(guest, '--phc /dev/ptp_kvm');
    const first = await statusUntil(guest, 'chronyd synchronised to us', (s) => s.chronyd?.synchronised === true);
    await delay(12_000);
    const before = await trueErrors(guest);
    // After a disruption the other host's kernel offers PRECISE, and after the next one no more.
    await setLine(guest, 4_000_000, -12_000, true);
    await guest.disrupt({});
    const second = await statusUntil(
      guest,
      'recovered',
      (s) => s.disruptions.count >= 1 && s.chronyd?.synchronised === true && s.phc?.method === 'PRECISE',
    );
    await setLine(guest, -3_000_000, 20_000, false);
    await guest.disrupt({});
    const third = await statusUntil(
      guest,
      'recovered again',
      (s) => s.disruptions.count >= 2 && s.chronyd?.synchronised === true && s.phc?.method === 'BASIC',
    );
    await delay(12_000);
    const after = await trueErrors(guest);
    return [
      exactly('method', first.phc?.method ?? '', 'BASIC'),
      exactly('why not PRECISE', first.phc?.refusals.find(({ method }) => method === 'PRECISE')?.code ?? '', 'ENODEV'),
      exactly(
        'why not EXTENDED',
        first.phc?.refusals.find(({ method }) => method === 'EXTENDED')?.code ?? '',
        'EOPNOTSUPP',
      ),
      atMost('true error by BASIC, p99', quantile(before, 0.99), BRACKET_NS, 'ns'),
      exactly('after a disruption with PRECISE', second.phc?.method ?? '', 'PRECISE'),
      exactly('after the next without', third.phc?.method ?? '', 'BASIC'),
      exactly('disruptions', third.disruptions.count, 2),
      atMost('true error at last, p99', quantile(after, 0.99), BRACKET_NS, 'ns'),
    ];
  },
};

const HOLDS = 20;
/** Far more than a reading's bracket, far less than the 3 ms true time jumps by. */
const RIGHT_WITHIN_NS = 100_000;

/** The device takes its time to answer, and meanwhile the guest is moved: the worst instant, each time. */
const aimed: Scenario = {
  name: 'marker-only: disrupted in the middle of a reading',
  about: 'product',
  guest: MARKER_ONLY,
  async run(guest) {
    await setLine(guest, 0, LINE_PPB, false);
    let disruptions = 0;
    let failure: unknown;
    const allDone = new Promise<void>((resolve) => {
      guest.onTold((line) => {
        if (line !== 'held') return;
        guest
          .disrupt({})
          .catch((error: unknown) => {
            failure = error;
          })
          .finally(() => {
            disruptions += 1;
            if (disruptions === HOLDS || failure !== undefined) resolve();
          });
      });
    });
    await startPtpKvm(guest, `--hold-every 8 --holds ${HOLDS}`);
    await startRecorder(guest, `--line ${LINE}`);
    await startVmclockd(guest, '--phc /dev/ptp_kvm --chronyd none');
    await Promise.race([allDone, delay(90_000, undefined, { ref: false })]);
    if (failure !== undefined) throw failure;
    await delay(1500);
    const document = await status(guest);
    const held = (await guest.shell.output(`grep -E '^[0-9]+ [0-9]+$' ${CUSE_OUTPUT} || true`))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' ').map(BigInt));
    const { samples, unusable } = await recordedSamples(guest.shell);
    // A stamp has microseconds, rounded.
    const fromHeld = samples.filter(({ stampNs }) =>
      held.some(([first = 0n, last = 0n]) => stampNs >= first - 1000n && stampNs <= last + 1000n),
    );
    const errors = samples.map((sample) => Math.abs(sampleErrorNs(sample, 0, LINE_PPB / 1000)));
    return [
      exactly('readings disrupted half-way', held.length, HOLDS),
      exactly('samples from them that left', fromHeld.length, 0),
      atLeast('other samples', samples.length - fromHeld.length, 60, ''),
      atMost('worst error of all', Math.max(...errors), RIGHT_WITHIN_NS, 'ns'),
      exactly('disruptions noticed', document?.disruptions.count ?? '', HOLDS),
      atLeast('readings thrown away', document?.counters['straddling'] ?? -1, HOLDS, ''),
      exactly('datagrams that could not be judged', unusable.length, 0),
    ];
  },
};

export const markerOnly: readonly Scenario[] = [basic, aimed];
