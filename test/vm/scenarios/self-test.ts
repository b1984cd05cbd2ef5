import type { Guest, GuestOptions } from '../guest.js';
import { atLeast, atMost, exactly, type Figure, type Scenario } from '../scenario.js';
import { fitTruth, readTruth } from '../truth.js';

const WITH_TIME: GuestOptions = { page: 'time' };

/** The page's line reaches the guest: exact readings, and changes of the line arrive as commanded. */
const line: Scenario = {
  name: 'bench: a page with time is a PHC that follows its line',
  about: 'bench',
  guest: WITH_TIME,
  async run(guest) {
    const before = await readTruth(guest.shell, 50);
    const calm = fitTruth(before);
    await guest.hypervisor.refresh();
    const refreshed = fitTruth([...before, ...(await readTruth(guest.shell, 25))]);
    await guest.hypervisor.disrupt({ stepNs: 5_000_000 });
    const after = await readTruth(guest.shell, 25);
    const stepped = fitTruth(after);
    const [at] = after;
    const raw = at?.monotonicRawNs ?? 0n;
    const step = Number(stepped.offsetAt(raw) - refreshed.offsetAt(raw));
    await guest.hypervisor.disrupt({ ppm: 40 });
    const faster = await readTruth(guest.shell, 50);
    return [
      exactly('exit code of a command in the guest', (await guest.shell.run('exit 3')).exitCode, 3),
      exactly('driver name', await guest.shell.output('cat /sys/class/ptp/ptp0/clock_name'), 'vmclock0'),
      atMost('PRECISE readings off a straight line', calm.worstNs, 10, 'ns'),
      atMost('line against the counter the guest knows', Math.abs(calm.ppm), 5, 'ppm'),
      atMost('same line refreshed: off the old line', refreshed.worstNs, 10, 'ns'),
      atMost('step of 5 ms, error', Math.abs(step - 5_000_000), 20, 'ns'),
      exactly('marker seen in the guest after one disruption', after[0]?.marker ?? -1n, (before[0]?.marker ?? 0n) + 1n),
      atMost('rate change of 40 ppm, error', Math.abs(fitTruth(faster).ppm - stepped.ppm - 40), 0.05, 'ppm'),
      exactly('marker after two', faster[0]?.marker ?? -1n, (before[0]?.marker ?? 0n) + 2n),
    ];
  },
};

/** What the driver makes of the page's time scale. */
const timescale: Scenario = {
  name: 'bench: what the driver makes of the page’s time scale',
  about: 'bench',
  guest: WITH_TIME,
  async run(guest) {
    const TAI_NS = 37_000_000_000n;
    return [
      exactly(
        'UTC page, offset +37: PHC − UTC',
        await shiftSeconds(guest, { taiOffsetSec: 37, timeType: 0, flags: 1n }),
        '-37 s',
      ),
      exactly('UTC page, offset −37: PHC − UTC', await shiftSeconds(guest, { taiOffsetSec: -37 }), '37 s'),
      exactly('TAI page: PHC − UTC', await shiftSeconds(guest, { taiOffsetSec: 37, timeType: 1 }, TAI_NS), '37 s'),
      exactly('UTC page without TAI_OFFSET_VALID', await shiftSeconds(guest, { timeType: 0, flags: 0n }), 'no PHC'),
    ];
  },
};

/** Lets the driver meet the page anew and reads how far its PHC is from UTC. */
async function shiftSeconds(guest: Guest, fields: Parameters<Guest['rebind']>[0], timeOffsetNs = 0n): Promise<string> {
  await guest.rebind(fields, timeOffsetNs);
  if ((await guest.shell.run('test -c /dev/ptp0')).exitCode !== 0) return 'no PHC';
  await guest.shell.output(`date -s @${(Date.now() / 1000).toFixed(3)}`);
  const [reading] = await readTruth(guest.shell, 1);
  if (reading === undefined) return 'no reading';
  return `${Math.round(Number(reading.deviceNs - reading.realtimeNs) / 1e9)} s`;
}

/** A page left odd keeps readers waiting, and poll() without notifications hangs up. */
const unsettled: Scenario = {
  name: 'bench: a page left odd, and poll() without notifications',
  about: 'bench',
  guest: WITH_TIME,
  async run(guest) {
    const [before] = await readTruth(guest.shell, 1);
    let refused = '';
    await guest.hypervisor.disrupt({}, async () => {
      refused = (await guest.shell.run('python3 /opt/bench/truth.py --count 1')).stdout.trim();
    });
    const [after] = await readTruth(guest.shell, 1);
    const wake = (await guest.shell.output('python3 /opt/bench/poll-page.py --count 1')).split('\n').at(-1) ?? '';
    return [
      exactly('reading while odd', refused, '# 110 Connection timed out'),
      exactly('marker once even again', after?.marker ?? -1n, (before?.marker ?? 0n) + 1n),
      exactly('poll() events (POLLHUP)', wake.split(' ')[1] ?? '', '10'),
    ];
  },
};

/** The saved state of one QEMU goes on in another. */
const migration: Scenario = {
  name: 'bench: a guest is saved by one QEMU and goes on in the next',
  about: 'bench',
  guest: WITH_TIME,
  async run(guest) {
    const before = await readTruth(guest.shell, 25);
    const outageMs = await guest.migrate();
    const after = await readTruth(guest.shell, 25);
    const [at] = after;
    const raw = at?.monotonicRawNs ?? 0n;
    const jump = Number(fitTruth(after).offsetAt(raw) - fitTruth(before).offsetAt(raw));
    return [
      exactly('marker', after[0]?.marker ?? -1n, (before[0]?.marker ?? 0n) + 1n),
      atMost('readings off a straight line afterwards', fitTruth(after).worstNs, 10, 'ns'),
      atMost('jump of the line against the outage, error', Math.abs(jump / 1e6 - outageMs), 200, 'ms'),
      atLeast('outage', outageMs, 1, 'ms'),
    ];
  },
};

/** The device's interrupt wakes a poller, and only a change of the page says POLLIN. */
const notification: Scenario = {
  name: 'bench: the device’s interrupt wakes poll()',
  about: 'bench',
  guest: { page: 'time', fields: { flags: 0x201n } },
  on: ({ notification }) => notification !== undefined,
  async run(guest): Promise<readonly Figure[]> {
    await guest.shell.start('python3 -u /opt/bench/poll-page.py --count 3 --timeout 20000', '/run/bench/poll.log');
    await guest.shell.output('while ! grep -q waiting /run/bench/poll.log; do sleep 0.1; done; sleep 0.5');
    const lines = async (count: number) =>
      (
        await guest.shell.output(
          `i=0; while [ $(wc -l </run/bench/poll.log) -le ${count} ] && [ $i -lt 30 ]; do sleep 0.1; i=$((i+1)); done; cat /run/bench/poll.log`,
        )
      )
        .split('\n')
        .slice(1);
    await guest.hypervisor.refresh();
    const silent = await lines(1);
    await guest.hypervisor.notify();
    const woken = await lines(1);
    await guest.hypervisor.notify();
    const unchanged = await lines(2);
    await guest.hypervisor.disrupt({ stepNs: 1_000_000 });
    await guest.hypervisor.notify();
    const disrupted = await lines(2);
    return [
      exactly('a change without an interrupt: wake-ups', silent.length, 0),
      exactly('with it: events (POLLIN, POLLRDNORM)', woken[0]?.split(' ')[1] ?? '', '1'),
      exactly('an interrupt without a change: wake-ups', unchanged.length - woken.length, 0),
      exactly(
        'a disruption with it: marker',
        disrupted[1]?.split(' ')[2] ?? '',
        guest.hypervisor.fields.disruptionMarker,
      ),
    ];
  },
};

export const selfTest: readonly Scenario[] = [line, unsettled, migration, timescale, notification];
