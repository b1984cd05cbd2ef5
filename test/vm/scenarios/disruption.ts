import { setTimeout as delay } from 'node:timers/promises';
import { daemonNotices } from '../daemon-notices.js';
import type { Guest, GuestOptions } from '../guest.js';
import { cpuSeconds, samplesAtLeast, startRecorder, startVmclockd, status, statusUntil } from '../guest-programs.js';
import { judgedFigures } from '../judged-figures.js';
import { noticingFigures, startPageWatcher } from '../noticing.js';
import { atLeast, atMost, exactly, type Scenario, told } from '../scenario.js';

/** The page has a VM generation counter. */
const WITH_GENERATION: GuestOptions = { page: 'time', fields: { flags: 0x101n } };

/** Breaks of every kind; nothing that leaves may be of the old epoch. */
const byPage: Scenario = {
  name: 'disruption: nothing wrong leaves',
  about: 'product',
  guest: WITH_GENERATION,
  async run(guest) {
    const { hypervisor } = guest;
    await startRecorder(guest);
    await startVmclockd(guest, '--chronyd none');
    await samplesAtLeast(guest, 20);
    await guest.disrupt({ stepNs: 3_000_000, ppm: 30 });
    await delay(1500);
    await guest.disrupt({ stepNs: -2_000_000, generation: true });
    await delay(1500);
    await guest.disrupt({ stepNs: 5_000_000, ppm: -20 }, { oddForMs: 150 });
    await delay(1500);
    const three = (await status(guest))?.disruptions.count ?? -1;
    await startPageWatcher(guest);
    const started = performance.now();
    for (let i = 0; i < 50; i += 1) {
      const stepNs = (i % 2 === 0 ? 1 : -1) * (1_000_000 + 100_000 * i);
      const odd = i % 10 === 7 ? { oddForMs: 40 } : {};
      await guest.disrupt({ stepNs, ppm: (i % 3) - 1, generation: i % 5 === 0, marker: i % 5 !== 0 }, odd);
      await delay(150 + ((i * 37) % 100));
    }
    const seconds = (performance.now() - started) / 1000;
    await delay(2000);
    const last = await statusUntil(guest, 'feeding again', (s) => s.state.name !== 'starting' && s.sample !== null);
    return [
      exactly('disruptions noticed: marker, generation, while odd', three, 3),
      told('50 more in', `${seconds.toFixed(1)} s`),
      atLeast('of them noticed (some may come between two looks)', last.disruptions.count - three, 40, ''),
      exactly('marker seen last', last.vmclock?.marker ?? '', hypervisor.fields.disruptionMarker),
      exactly('generation seen last', last.vmclock?.generation ?? '', hypervisor.fields.vmGenerationCounter ?? 0n),
      ...(await noticingFigures(guest, 'by looking', await daemonNotices(guest.shell))),
      ...(await judgedFigures(guest, 53)),
    ];
  },
};

/** The host's clock is refreshed often; that is no disruption. */
const refreshes: Scenario = {
  name: 'disruption: ordinary refreshes are none',
  about: 'product',
  guest: WITH_GENERATION,
  async run(guest) {
    await startRecorder(guest);
    const id = await startVmclockd(guest, '--chronyd none');
    await samplesAtLeast(guest, 20);
    const quiet = await samplesIn(guest, async () => delay(6000));
    const cpuBefore = await cpuSeconds(guest, id);
    const busy = await samplesIn(guest, async () => {
      for (let i = 0; i < 120; i += 1) {
        await guest.hypervisor.refresh();
        await delay(50);
      }
    });
    const cpu = (await cpuSeconds(guest, id)) - cpuBefore;
    const document = await status(guest);
    return [
      exactly('disruptions', document?.disruptions.count ?? '', 0),
      atLeast('samples a second, against without refreshes', busy.perSecond / quiet.perSecond, 0.9, ''),
      // Without notifications poll() hangs up at once, for ever: a daemon that trusted it would take all there is.
      atMost('CPU while looking (emulated), part of one', cpu / busy.seconds, 0.6, ''),
      ...(await judgedFigures(guest, 0)),
    ];
  },
};

async function samplesIn(guest: Guest, during: () => Promise<void>): Promise<{ perSecond: number; seconds: number }> {
  const count = async () => Number(await guest.shell.output('grep -c 534f434b /run/bench/sock.txt'));
  const [before, started] = [await count(), performance.now()];
  await during();
  const seconds = (performance.now() - started) / 1000;
  return { perSecond: ((await count()) - before) / seconds, seconds };
}

export const disruption: readonly Scenario[] = [byPage, refreshes];
