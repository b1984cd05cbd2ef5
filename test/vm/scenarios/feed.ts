import { setTimeout as delay } from 'node:timers/promises';
import type { Guest, GuestOptions } from '../guest.js';
import { FED_BY_US, startChronyd, startVmclockd, statusUntil } from '../guest-programs.js';
import { atMost, exactly, type Figure, forComparison, type Scenario } from '../scenario.js';
import { quantile, readTruth } from '../truth.js';

const SETTLE_MS = 15_000;
const MEASURE_SECONDS = 10;
const VARIES_BY_NS = 50;

export const WITH_TIME: GuestOptions = { page: 'time' };

/** What chrony's own driver came to in this run, p99, ns, by architecture. */
const yardsticks = new Map<string, number>();

/** How far the guest's clock is from the truth, ns, over some seconds. */
export async function trueErrors(guest: Guest, shiftSeconds: number, seconds = MEASURE_SECONDS): Promise<number[]> {
  const readings = await readTruth(guest.shell, seconds * 20, 20);
  return readings.map(({ deviceNs, realtimeNs }) =>
    Math.abs(Number(deviceNs - BigInt(shiftSeconds) * 1_000_000_000n - realtimeNs)),
  );
}

/** @param limitNs undefined: told, not judged. The yardstick is not ours to judge */
function errorFigures(errors: readonly number[], limitNs?: number): Figure[] {
  const [what, p99] = ['true error of the guest’s clock, p99', quantile(errors, 0.99)];
  return [
    limitNs === undefined ? forComparison(what, p99, 'ns') : atMost(what, p99, limitNs, 'ns'),
    forComparison('true error, median', quantile(errors, 0.5), 'ns'),
    forComparison('true error, worst', Math.max(...errors), 'ns'),
  ];
}

/** No worse than chrony's own, but for what an emulated guest varies by. */
function besideYardstick(guest: Guest, p99: number): Figure[] {
  const yardstick = yardsticks.get(guest.arch.name);
  return yardstick === undefined
    ? []
    : [atMost('p99 beside chrony’s own driver’s', p99, yardstick + VARIES_BY_NS, 'ns')];
}

/** The thin true path, with a real driver and a real chronyd that steers. */
const follow: Scenario = {
  name: 'feed: chronyd follows the host’s clock through vmclockd',
  about: 'product',
  guest: WITH_TIME,
  freshBoot: true,
  async run(guest) {
    await startChronyd(guest, FED_BY_US);
    await startVmclockd(guest);
    const document = await statusUntil(
      guest,
      'chronyd synchronised to us',
      (s) => s.chronyd?.synchronised === true && s.chronyd.selectsUs,
    );
    await delay(SETTLE_MS);
    const errors = await trueErrors(guest, -37);
    return [
      exactly('method', document.phc?.method ?? '', 'PRECISE'),
      exactly('PHC − UTC found', document.phc?.shiftSeconds ?? '', -37),
      exactly('disruptions seen', document.disruptions.count, 0),
      ...errorFigures(errors, 100),
      ...besideYardstick(guest, quantile(errors, 0.99)),
    ];
  },
};

/** The yardstick: chrony's own driver on the same device. */
const chronyAlone: Scenario = {
  name: 'feed: the yardstick, chrony’s own PHC refclock',
  about: 'bench',
  // An offset of 0 makes this kernel's PHC tick UTC, which chrony takes without further ado.
  guest: { page: 'time', fields: { taiOffsetSec: 0 } },
  async run(guest) {
    await startChronyd(guest, 'refclock PHC /dev/ptp0 refid PHC0 poll 0 dpoll -3 filter 16 precision 1e-9');
    await guest.shell.output(
      'for i in $(seq 60); do chronyc -c tracking | grep -q ^50484330 && exit 0; sleep 0.5; done; exit 1',
      60_000,
    );
    await delay(SETTLE_MS);
    const errors = await trueErrors(guest, 0);
    yardsticks.set(guest.arch.name, quantile(errors, 0.99));
    return errorFigures(errors);
  },
};

export const feed: readonly Scenario[] = [follow];
export const yardstick: readonly Scenario[] = [chronyAlone];
