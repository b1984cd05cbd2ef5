import { setTimeout as delay } from 'node:timers/promises';
import type { Guest } from '../guest.js';
import { cpuSeconds, startRecorder, startVmclockd, status, statusUntil } from '../guest-programs.js';
import { judge, type RecordedSample, recordedSamples, sampleErrorNs } from '../recorded-samples.js';
import { atLeast, atMost, exactly, type Figure, type Scenario } from '../scenario.js';

/** Sample stamps have microseconds, and the rate between stamp and arrival is known to some ppm. */
const RIGHT_WITHIN_NS = 1000;

async function samplesAtLeast(guest: Guest, count: number): Promise<void> {
  await guest.shell.output(
    `for i in $(seq 300); do [ $(grep -c 534f434b /run/bench/sock.txt) -ge ${count} ] && exit 0; sleep 0.3; done; exit 1`,
    120_000,
  );
}

function judged(guest: Guest, samples: readonly RecordedSample[]): Figure[] {
  const verdict = judge(samples, -37, RIGHT_WITHIN_NS, (seqCount) => guest.hypervisor.ppmAt(seqCount));
  return [
    atLeast('samples compared with the truth and right', verdict.right, 100, ''),
    exactly('samples wrong for the epoch they left in', verdict.wrong.length, 0),
    ...verdict.wrong.slice(0, 3).map((sample) => exactly('  one of them', describe(guest, sample), '')),
    atMost('samples on their way as the page changed', verdict.crossed, 3, ''),
    atMost('worst error of a right one', verdict.worstNs, RIGHT_WITHIN_NS, 'ns'),
  ];
}

function describe({ hypervisor }: Guest, sample: RecordedSample): string {
  const { truth, arrivedSeqCount } = sample;
  const errorNs = sampleErrorNs(sample, -37, hypervisor.ppmAt(truth.seqCount));
  const ageMs = Number(truth.realtimeNs - sample.stampNs) / 1e6;
  return `off by ${errorNs.toFixed(0)} ns, ${ageMs.toFixed(1)} ms old, page ${arrivedSeqCount} then ${truth.seqCount}`;
}

/** Breaks of every kind; nothing that leaves may be of the old epoch. */
const byPage: Scenario = {
  name: 'disruption: nothing wrong leaves',
  about: 'product',
  guest: { page: 'time', fields: { flags: 0x101n } },
  async run(guest) {
    const { hypervisor } = guest;
    await startRecorder(guest);
    await startVmclockd(guest, '--chronyd none');
    await samplesAtLeast(guest, 40);
    await hypervisor.disrupt({ stepNs: 3_000_000, ppm: 30 });
    await delay(2000);
    await hypervisor.disrupt({ stepNs: -2_000_000, generation: true });
    await delay(2000);
    await hypervisor.disrupt({ stepNs: 5_000_000, ppm: -20 }, () => delay(150));
    await delay(2000);
    const four = (await status(guest))?.disruptions.count ?? -1;
    for (let i = 0; i < 50; i += 1) {
      const stepNs = (i % 2 === 0 ? 1 : -1) * (1_000_000 + 100_000 * i);
      await hypervisor.disrupt({ stepNs, ppm: (i % 3) - 1, generation: i % 5 === 0, marker: i % 5 !== 0 });
      await delay(150 + ((i * 37) % 100));
    }
    await delay(2500);
    const last = await statusUntil(guest, 'feeding again', (s) => s.state.name !== 'starting' && s.sample !== null);
    return [
      exactly('disruptions noticed: marker, generation, while odd', four, 3),
      atLeast('of 50 in 10 s, noticed (some may come between two looks)', last.disruptions.count - four, 40, ''),
      exactly('marker seen last', last.vmclock?.marker ?? '', hypervisor.fields.disruptionMarker),
      exactly('generation seen last', last.vmclock?.generation ?? '', hypervisor.fields.vmGenerationCounter ?? 0n),
      ...judged(guest, await recordedSamples(guest.shell)),
    ];
  },
};

/** The host's clock is refreshed often; that is no disruption. */
const refreshes: Scenario = {
  name: 'disruption: ordinary refreshes are none',
  about: 'product',
  guest: { page: 'time' },
  async run(guest) {
    await startRecorder(guest);
    const id = await startVmclockd(guest, '--chronyd none');
    await samplesAtLeast(guest, 40);
    const quiet = await samplesIn(guest, async () => delay(8000));
    const cpuBefore = await cpuSeconds(guest, id);
    const busy = await samplesIn(guest, async () => {
      for (let i = 0; i < 160; i += 1) {
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
      ...judged(guest, await recordedSamples(guest.shell)),
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

/** Where the hypervisor can interrupt, the daemon waits for it. */
const notification: Scenario = {
  name: 'notification: the interrupt wakes the daemon, and does no harm',
  about: 'product',
  guest: { page: 'time', fields: { flags: 0x301n } },
  on: ({ notification: line }) => line !== undefined,
  async run(guest) {
    await startRecorder(guest);
    const id = await startVmclockd(guest, '--chronyd none');
    await samplesAtLeast(guest, 40);
    const watching = (await status(guest))?.vmclock?.watching ?? '';
    for (let i = 0; i < 10; i += 1) {
      await guest.hypervisor.disrupt({ stepNs: 2_000_000 * (i % 2 === 0 ? 1 : -1) });
      await guest.hypervisor.notify();
      await delay(700);
    }
    const noticed = (await status(guest))?.disruptions.count ?? -1;
    const cpuBefore = await cpuSeconds(guest, id);
    const started = performance.now();
    let interrupts = 0;
    while (performance.now() - started < 4000) {
      for (let i = 0; i < 10; i += 1) await guest.hypervisor.notify();
      interrupts += 10;
      await delay(10);
    }
    const seconds = (performance.now() - started) / 1000;
    const cpu = (await cpuSeconds(guest, id)) - cpuBefore;
    return [
      exactly('watching by', watching, 'poll'),
      exactly('disruptions noticed', noticed, 10),
      atLeast('interrupts a second without a change', interrupts / seconds, 400, ''),
      exactly('disruptions after them', (await status(guest))?.disruptions.count ?? '', 10),
      atMost('CPU meanwhile (emulated), part of one', cpu / seconds, 0.8, ''),
      ...judged(guest, await recordedSamples(guest.shell)),
    ];
  },
};

export const disruption: readonly Scenario[] = [byPage, refreshes, notification];
