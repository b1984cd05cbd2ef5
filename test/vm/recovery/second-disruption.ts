import { setTimeout as delay } from 'node:timers/promises';
import type { Guest } from '../guest.js';
import { statusUntil } from '../guest-programs.js';
import { secondsUntil } from './figures.js';
import type { Stack } from './stacks.js';
import { watched } from './watch.js';

const SETTLE_MS = 6000;
const WATCH_SECONDS = 6;
const [SOONEST_MS, LATEST_MS] = [50, 400];
const RIGHT_NS = 1000;

/** Disrupts again and again, each time once more before the first disruption can have been dealt with. */
export async function secondDisruptions(guest: Guest, stack: Stack, count: number): Promise<void> {
  let right = 0;
  for (let i = 0; i < count; i += 1) {
    await delay(SETTLE_MS);
    const sign = i % 2 === 0 ? 1 : -1;
    const apartMs = SOONEST_MS + ((LATEST_MS - SOONEST_MS) * i) / Math.max(1, count - 1);
    const options = { seconds: WATCH_SECONDS, shiftSeconds: stack.shiftSeconds, trackingHertz: 20, statusHertz: 0 };
    const trace = await watched(guest, options, async () => {
      await guest.disrupt({ stepNs: sign * 10e6, ppm: sign * 40 });
      await delay(apartMs);
      await guest.disrupt({ stepNs: sign * 7e6, ppm: sign * -25 });
    });
    const document = await statusUntil(
      guest,
      'recovered',
      (s) => s.vmclock?.marker === String(guest.hypervisor.fields.disruptionMarker) && s.chronyd?.synchronised === true,
    );
    const until = secondsUntil(
      trace.errors.filter(({ seconds }) => seconds > 0),
      RIGHT_NS,
    );
    const last = trace.errors.at(-1)?.errorNs ?? Number.NaN;
    if (Math.abs(last) < RIGHT_NS) right += 1;
    console.log(
      `${apartMs.toFixed(0)} ms apart: < 1 µs ${(until - apartMs / 1000).toFixed(3)} s after the second; at last ${last} ns; ${JSON.stringify(document.disruptions)}`,
    );
  }
  console.log(`${right} of ${count} ended right`);
}
