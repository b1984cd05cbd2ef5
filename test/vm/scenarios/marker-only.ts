import { setTimeout as delay } from 'node:timers/promises';
import type { Guest } from '../guest.js';
import { FED_BY_US, startChronyd, startVmclockd, statusUntil } from '../guest-programs.js';
import { atMost, exactly, type Scenario } from '../scenario.js';
import { quantile, readTruth } from '../truth.js';

const LINE = '/run/bench/line';
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
  const readings = await readTruth(guest.shell, 200, 20, `--line ${LINE}`);
  return readings.map(({ deviceNs, realtimeNs }) => Math.abs(Number(deviceNs - realtimeNs)));
}

/** What most guests have: a page without time, and a ptp_kvm that only knows the basic ioctl. */
const basic: Scenario = {
  name: 'marker-only: QEMU’s own page and a ptp_kvm with nothing but BASIC',
  about: 'product',
  guest: { page: 'marker-only' },
  async run(guest) {
    await setLine(guest, 0, 8000, false);
    await guest.shell.output(
      'modprobe cuse; for i in $(seq 50); do [ -c /dev/cuse ] && exit 0; sleep 0.1; done; exit 1',
    );
    await guest.shell.start(`python3 -u /opt/bench/cuse-ptp-kvm.py ptp_kvm ${LINE}`, '/run/bench/cuse.log');
    await guest.shell.output('for i in $(seq 50); do [ -c /dev/ptp_kvm ] && exit 0; sleep 0.1; done; exit 1');
    await startChronyd(guest, FED_BY_US);
    await startVmclockd(guest, '--phc /dev/ptp_kvm');
    const first = await statusUntil(guest, 'chronyd synchronised to us', (s) => s.chronyd?.synchronised === true);
    await delay(20_000);
    const before = await trueErrors(guest);
    // After a disruption the other host's kernel offers PRECISE, and after the next one no more.
    await setLine(guest, 4_000_000, -12_000, true);
    await guest.hypervisor.disrupt({});
    const second = await statusUntil(
      guest,
      'recovered',
      (s) => s.disruptions.count >= 1 && s.chronyd?.synchronised === true && s.phc?.method === 'PRECISE',
    );
    await setLine(guest, -3_000_000, 20_000, false);
    await guest.hypervisor.disrupt({});
    const third = await statusUntil(
      guest,
      'recovered again',
      (s) => s.disruptions.count >= 2 && s.chronyd?.synchronised === true && s.phc?.method === 'BASIC',
    );
    await delay(25_000);
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

export const markerOnly: readonly Scenario[] = [basic];
