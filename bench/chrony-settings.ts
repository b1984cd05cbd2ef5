/**
 * `node build/bench/chrony-settings.js [SUITE] [WORD...]`: what chronyd makes of our samples with different refclock options.
 *
 * The real loop feeds a real chronyd (-x: it sets no clock), from a simulated host that is disrupted again and again. For each
 * setting: how long chronyd says that it is not synchronised after its reset, its error in steady state, and what it costs. SUITE is
 * a release of Debian whose chronyd to fetch ("-": this machine's), each WORD a part of a setting's name ("all": the wide sweep).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Chronyd, ensureChronyd } from '../src/cli/find-chronyd.js';
import { PrivateChronyd } from '../src/cli/private-chronyd.js';
import { DEFAULT_SETTINGS } from '../src/daemon/config/settings.js';
import { Feeder } from '../src/daemon/feeder.js';
import { nodeTimers } from '../src/daemon/node-timers.js';
import { SystemClocks } from '../src/ioctl/system-clocks.js';
import { VmclockDevice } from '../src/ioctl/vmclock-device.js';
import { Random } from '../src/sim/random.js';
import { SimulatedHost } from '../src/sim/simulated-host.js';
import { SimulatedPhc } from '../src/sim/simulated-phc.js';
import { ChronydClient } from '../src/sock/chronyd-client.js';
import { RefclockSender } from '../src/sock/refclock-sender.js';

interface Setting {
  readonly poll: number;
  readonly filter: number;
  readonly more?: string;
  readonly samplesPerPoll?: number;
}

const DISRUPTIONS = Number(process.env['DISRUPTIONS'] ?? 12);
const STEADY_MS = Number(process.env['STEADY_MS'] ?? 20_000);
/** So many settings are measured side by side. */
const ABREAST = Number(process.env['ABREAST'] ?? 3);
/** The kernel counts CPU time in hundredths of a second. */
const TICK_MS = 10;
const ignore = (): void => {};

const SETTINGS: readonly Setting[] = [
  ...[2, 0, -1, -2, -3, -4, -5].map((poll) => ({ poll, filter: 16 })),
  ...[1, 2, 4, 5, 64].map((filter) => ({ poll: -3, filter })),
  ...[1, 4].map((filter) => ({ poll: -3, filter, samplesPerPoll: filter })),
  ...[8, 10].map((samplesPerPoll) => ({ poll: -2, filter: 16, samplesPerPoll })),
  ...[8, 10].map((samplesPerPoll) => ({ poll: -3, filter: 16, samplesPerPoll })),
  ...['minsamples 16', 'minsamples 32', 'minsamples 64', 'maxsamples 8', 'maxsamples 16'].map((more) => ({
    poll: -3,
    filter: 16,
    more,
  })),
];

function nameOf({ poll, filter, more, samplesPerPoll }: Setting): string {
  const per = samplesPerPoll ?? DEFAULT_SETTINGS.samplesPerPoll;
  return `poll ${poll} filter ${filter}${more === undefined ? '' : ` ${more}`}, ${per} a poll`;
}

/** CPU time of a process so far, ms. */
function cpuMs(pid: string): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

async function measure(found: Chronyd, setting: Setting, seed: number): Promise<string> {
  const chronyd = new PrivateChronyd(
    found,
    `refid VMCK poll ${setting.poll} filter ${setting.filter} precision 1e-9 ${setting.more ?? ''}`,
  );
  const directory = mkdtempSync(join(tmpdir(), 'vmclockd-bench-'));
  await chronyd.start();
  const clock = new SystemClocks();
  const random = new Random(seed);
  const host = new SimulatedHost(join(directory, 'vmclock0'), clock, random);
  const page = VmclockDevice.open(host.page.path);
  const sender = new RefclockSender(chronyd.sock);
  const client = new ChronydClient(chronyd.command);
  const observer = new ChronydClient(chronyd.command);
  const feeder = new Feeder(
    {
      clock,
      phc: new SimulatedPhc(host, clock, random),
      phcTimescale: 'utc',
      page,
      sock: sender,
      chronyd: client,
      timers: nodeTimers,
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      remembered: undefined,
      remember: ignore,
      onState: ignore,
      onPage: ignore,
      onDisruption: ignore,
    },
    {
      ...DEFAULT_SETTINGS,
      recovery: 'reset',
      samplesPerPoll: setting.samplesPerPoll ?? DEFAULT_SETTINGS.samplesPerPoll,
    },
  );
  const synchronised = async (): Promise<boolean> => (await observer.tracking()).leapStatus !== 3;
  const wait = async (wanted: boolean): Promise<bigint | undefined> => {
    for (let waited = 0; waited < 90_000; waited += 4) {
      if ((await synchronised()) === wanted) return clock.monotonicRawNs();
      await sleep(4);
    }
    return undefined;
  };
  const errorNs = async (): Promise<number> => {
    const { currentCorrectionNs } = await observer.tracking();
    return currentCorrectionNs - host.trueOffsetNs(clock.realtimeNs());
  };
  const pollMs = 2 ** setting.poll * 1000;
  const unsynchronisedMs: number[] = [];
  const errorsNs: number[] = [];
  const skewsPpm: number[] = [];
  try {
    feeder.start();
    await wait(true);
    for (let i = 0; i < DISRUPTIONS; i += 1) {
      // At any phase of its polls.
      await sleep(Math.max(1500, 3 * pollMs) + random.between(0, pollMs));
      host.scheduleDisruption(0);
      host.tick();
      const lost = await wait(false);
      const found = await wait(true);
      if (lost === undefined || found === undefined) throw new Error('chronyd did not get over a disruption');
      unsynchronisedMs.push(Number(found - lost) / 1e6);
    }
    await sleep(Math.max(8000, 8 * pollMs));
    const pid = readFileSync(join(chronyd.directory, 'chronyd.pid'), 'utf8').trim();
    const before = { chronyd: cpuMs(pid), own: process.cpuUsage(), rawNs: clock.monotonicRawNs() };
    for (let waited = 0; waited < Math.max(STEADY_MS, 20 * pollMs); waited += 100) {
      errorsNs.push(Math.abs(await errorNs()));
      skewsPpm.push((await observer.tracking()).skewPpm);
      await sleep(100);
    }
    const { user, system } = process.cpuUsage(before.own);
    const elapsedMs = Number(clock.monotonicRawNs() - before.rawNs) / 1e6;
    const share = (ms: number): string => `${((100 * ms) / elapsedMs).toFixed(1)}%`;
    return [
      nameOf(setting).padEnd(44),
      ...[0.5, 0.9, 1].map((q) => quantile(unsynchronisedMs, q).toFixed(0).padStart(6)),
      ' |',
      ...[0.5, 0.99].map((q) => quantile(errorsNs, q).toFixed(0).padStart(5)),
      quantile(skewsPpm, 0.5).toFixed(3).padStart(7),
      ' |',
      share(cpuMs(pid) - before.chronyd).padStart(6),
      ABREAST === 1 ? share((user + system) / 1000).padStart(6) : '',
    ].join(' ');
  } finally {
    feeder.stop();
    for (const each of [client, observer, sender, page, host]) each.close();
    await chronyd.dispose();
    rmSync(directory, { recursive: true, force: true });
  }
}

const [suite = '-', ...words] = process.argv.slice(2);
const found = await ensureChronyd({ fetch: true, log: console.error, ...(suite === '-' ? {} : { suite }) });
if (found === undefined) process.exit(1);
console.log(`chronyd ${found.version}, ${DISRUPTIONS} disruptions each`);
console.log(`${''.padEnd(44)}  unsynchronised, ms   |  error, ns    skew  | CPU: chronyd, us`);
console.log(`${''.padEnd(44)}    p50    p90    max  |   p50   p99    ppm  |`);
const wanted = SETTINGS.filter((setting) => words.length === 0 || words.some((word) => nameOf(setting).includes(word)));
const queue = wanted.map((setting, i) => ({ setting, seed: i + 1 }));
await Promise.all(
  Array.from({ length: ABREAST }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      console.log(
        await measure(found, next.setting, next.seed).catch((error: unknown) => `${nameOf(next.setting)}: ${error}`),
      );
    }
  }),
);
process.exit();
