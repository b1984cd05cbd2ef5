import { setTimeout as delay } from 'node:timers/promises';
import { daemonNotices } from '../daemon-notices.js';
import { cpuSeconds, samplesAtLeast, startRecorder, startVmclockd, status } from '../guest-programs.js';
import { judgedFigures } from '../judged-figures.js';
import { noticingFigures, startPageWatcher } from '../noticing.js';
import { atLeast, atMost, exactly, type Scenario } from '../scenario.js';

const DISRUPTIONS = 25;

/** Where the hypervisor can interrupt, the daemon waits for it. */
const wakes: Scenario = {
  name: 'notification: the interrupt wakes the daemon, and does no harm',
  about: 'product',
  guest: { page: 'time', fields: { flags: 0x301n } },
  on: ({ notification: line }) => line !== undefined,
  async run(guest) {
    await startRecorder(guest);
    const id = await startVmclockd(guest, '--chronyd none');
    await samplesAtLeast(guest, 20);
    const watching = (await status(guest))?.vmclock?.watching ?? '';
    await startPageWatcher(guest);
    for (let i = 0; i < DISRUPTIONS; i += 1) {
      await guest.disrupt({ stepNs: 2_000_000 * (i % 2 === 0 ? 1 : -1) }, { notify: true });
      await delay(300 + ((i * 37) % 100));
    }
    const noticed = (await status(guest))?.disruptions.count ?? -1;
    const cpuBefore = await cpuSeconds(guest, id);
    const started = performance.now();
    let interrupts = 0;
    while (performance.now() - started < 4000) {
      for (let i = 0; i < 3; i += 1) await guest.hypervisor.notify();
      interrupts += 3;
      await delay(1);
    }
    const seconds = (performance.now() - started) / 1000;
    const cpu = (await cpuSeconds(guest, id)) - cpuBefore;
    return [
      exactly('watching by', watching, 'poll'),
      exactly('disruptions noticed', noticed, DISRUPTIONS),
      ...(await noticingFigures(guest, 'by poll()', await daemonNotices(guest.shell))),
      atLeast('interrupts a second without a change', interrupts / seconds, 1000, ''),
      exactly('disruptions after them', (await status(guest))?.disruptions.count ?? '', DISRUPTIONS),
      atMost('CPU meanwhile (emulated), part of one', cpu / seconds, 0.8, ''),
      ...(await judgedFigures(guest, DISRUPTIONS)),
    ];
  },
};

export const notification: readonly Scenario[] = [wakes];
