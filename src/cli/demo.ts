import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_SETTINGS } from '../daemon/config/settings.js';
import type { DisruptionRecord } from '../daemon/disruption-record.js';
import { Feeder } from '../daemon/feeder.js';
import type { Log } from '../daemon/log/log.js';
import { nodeTimers } from '../daemon/node-timers.js';
import type { PagePort } from '../daemon/ports.js';
import { SystemClocks } from '../ioctl/system-clocks.js';
import { VmclockDevice } from '../ioctl/vmclock-device.js';
import { EmbeddedReceiver } from '../sim/embedded-receiver.js';
import { JudgingSock } from '../sim/judging-sock.js';
import { Random } from '../sim/random.js';
import { SimulatedHost } from '../sim/simulated-host.js';
import { SimulatedPhc } from '../sim/simulated-phc.js';
import { ChronydClient } from '../sock/chronyd-client.js';
import { RefclockSender } from '../sock/refclock-sender.js';
import { demoLog, demoScreen } from './demo-screen.js';
import { demoSucceeded, demoSummary } from './demo-summary.js';
import { ensureChronyd } from './find-chronyd.js';
import { PrivateChronyd } from './private-chronyd.js';

/** As in config/chrony/vmclockd.conf. */
const REFCLOCK_OPTIONS = 'refid VMCK poll -3 filter 16 precision 1e-9';
/** chronyd has settled so long after a disruption, ms. */
const SETTLED_MS = 7000;
/** The last disruption leaves chronyd time to be seen following again, ms. */
const QUIET_END_MS = 6000;
const TICK_MS = 100;
const LINE_MS = 1000;

export interface DemoArguments {
  readonly seconds: number;
  readonly disruptEvery: number;
}

/**
 * `vmclockd demo`: a simulated host, the real loop, and a real chronyd where there is one. Nothing outside a temporary
 * directory is touched, and no clock is set.
 *
 * @returns exit code: 0 when no wrong sample was sent, every disruption was noticed, and chronyd followed
 */
export async function demoCommand(args: DemoArguments): Promise<number> {
  const screen = demoScreen(process.stdout);
  const found = await ensureChronyd({ fetch: true, log: (line) => screen.say(line) });
  const chronyd = found && new PrivateChronyd(found, REFCLOCK_OPTIONS);
  const directory = mkdtempSync(join(tmpdir(), 'vmclockd-demo-'));
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    await chronyd?.start();
    screen.say(
      chronyd === undefined
        ? 'No chronyd here, so the embedded receiver takes the samples. For the real one: apt-get install chrony'
        : `A real chronyd ${chronyd.version} (-x: it sets no clock) listens at ${chronyd.sock}`,
    );
    const demo = new Demo(directory, chronyd, demoLog(screen));
    const result = await demo.run(args, screen, interrupted.signal);
    const rows = demoSummary(result);
    screen.table(rows);
    return demoSucceeded(rows) ? 0 : 1;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await chronyd?.dispose();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** One run: everything it is made of, and what it has measured. */
class Demo {
  readonly #clock = new SystemClocks();
  readonly #host: SimulatedHost;
  readonly #device: VmclockDevice;
  readonly #sender: RefclockSender;
  readonly #sock: JudgingSock;
  readonly #receiver: EmbeddedReceiver | undefined;
  readonly #client: ChronydClient | undefined;
  readonly #version: string | undefined;
  readonly #feeder: Feeder;
  readonly #noticed: DisruptionRecord[] = [];
  readonly #chronydErrorsNs: number[] = [];
  #chronydErrorNs: number | undefined;

  constructor(directory: string, chronyd: PrivateChronyd | undefined, log: Log) {
    const random = new Random(Number(this.#clock.monotonicRawNs() & 0xffffffffn));
    this.#host = new SimulatedHost(join(directory, 'vmclock0'), this.#clock, random);
    this.#device = VmclockDevice.open(this.#host.page.path);
    const sockPath = chronyd?.sock ?? join(directory, 'refclock.sock');
    this.#receiver = chronyd === undefined ? new EmbeddedReceiver(sockPath) : undefined;
    this.#sender = new RefclockSender(sockPath);
    this.#sock = new JudgingSock(this.#sender, this.#host);
    this.#client = chronyd && new ChronydClient(chronyd.command);
    this.#version = chronyd?.version;
    this.#feeder = new Feeder(
      {
        clock: this.#clock,
        phc: new SimulatedPhc(this.#host, this.#clock, random),
        phcTimescale: 'utc',
        page: this.#strikingPage(),
        sock: this.#sock,
        chronyd: this.#client,
        timers: nodeTimers,
        log,
        remembered: undefined,
        remember: () => {},
        onState: () => {},
        onPage: () => {},
        onDisruption: (record) => this.#noticed.push(record),
      },
      // A chronyd that runs with -x steps no clock, so there is nothing to feed forward.
      { ...DEFAULT_SETTINGS, recovery: 'reset' },
    );
  }

  /** The host may strike just before any look at the page: between reading and sending, too. */
  #strikingPage(): PagePort {
    const [device, host] = [this.#device, this.#host];
    return {
      path: device.path,
      get watching() {
        return device.watching;
      },
      look: () => {
        host.tick();
        return device.look();
      },
      rewatch: () => device.rewatch(),
    };
  }

  async run(args: DemoArguments, screen: ReturnType<typeof demoScreen>, interrupted: AbortSignal) {
    const startRawNs = this.#clock.monotonicRawNs();
    const elapsedMs = () => Number(this.#clock.monotonicRawNs() - startRawNs) / 1e6;
    const endMs = args.seconds * 1000;
    const everyMs = args.disruptEvery * 1000;
    let nextDisruptionMs = everyMs;
    let nextLineMs = LINE_MS;
    this.#feeder.start();
    while (elapsedMs() < endMs && !interrupted.aborted) {
      await sleep(TICK_MS, undefined, { signal: interrupted }).catch(() => undefined);
      this.#receiver?.drain();
      if (elapsedMs() >= nextDisruptionMs && nextDisruptionMs < endMs - QUIET_END_MS) {
        // Somewhere within the next second: the instant is not to be one of ours.
        this.#host.scheduleDisruption(1 + (Number(this.#clock.monotonicRawNs()) % 1000));
        nextDisruptionMs += everyMs;
      }
      if (elapsedMs() >= nextLineMs) {
        await this.#askChronyd();
        screen.line(this.#line(nextLineMs / 1000));
        nextLineMs += LINE_MS;
      }
    }
    const { chronyd } = this.#feeder.report();
    const result = {
      seconds: args.seconds,
      chronydVersion: this.#version,
      samplesSent: this.#sock.sent,
      wrongSamples: this.#sock.wrong,
      disruptions: this.#host.disruptions.length,
      disruptionsNoticed: this.#noticed.length,
      noticeMs: this.#noticed.map((record, i) => Number(record.noticedRawNs - (this.#host.disruptions[i] ?? 0n)) / 1e6),
      sampleErrorsNs: this.#sock.errorsNs,
      chronydErrorsNs: this.#chronydErrorsNs,
      followMs: this.#noticed.map(({ synchronisedRawNs, noticedRawNs }) =>
        synchronisedRawNs === undefined ? undefined : Number(synchronisedRawNs - noticedRawNs) / 1e6,
      ),
      selected: chronyd?.source?.state === 'selected',
    };
    this.#close();
    return result;
  }

  /** chronyd's own estimate of the offset, held against the truth. */
  async #askChronyd(): Promise<void> {
    this.#chronydErrorNs = undefined;
    if (this.#client === undefined) return;
    try {
      const { currentCorrectionNs, leapStatus } = await this.#client.tracking();
      if (leapStatus === 3) return;
      const errorNs = currentCorrectionNs - this.#host.trueOffsetNs(this.#clock.realtimeNs());
      this.#chronydErrorNs = errorNs;
      const since = this.#noticed.at(-1)?.noticedRawNs ?? this.#feeder.report().startedRawNs;
      if (Number(this.#clock.monotonicRawNs() - since) > SETTLED_MS * 1e6) this.#chronydErrorsNs.push(errorNs);
    } catch {
      // The daemon asks as well and tells why chronyd does not answer.
    }
  }

  #line(second: number) {
    const report = this.#feeder.report();
    return {
      second,
      epoch: report.page?.disruptionMarker.toString() ?? '',
      state: report.state.name,
      offsetNs: report.sample?.offsetNs,
      chronyd: report.chronyd?.tracking?.refName ?? (this.#receiver === undefined ? 'none' : 'receiver'),
      chronydErrorNs: this.#chronydErrorNs,
      sent: this.#sock.sent,
      wrong: this.#sock.wrong,
    };
  }

  #close(): void {
    this.#feeder.stop();
    this.#client?.close();
    this.#sender.close();
    this.#receiver?.close();
    this.#device.close();
    this.#host.close();
  }
}
