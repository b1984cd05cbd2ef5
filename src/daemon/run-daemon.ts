import { describeClock } from '../ioctl/describe-clock.js';
import { openPhc } from '../ioctl/open-phc.js';
import { SystemClocks } from '../ioctl/system-clocks.js';
import type { VmclockDevice } from '../ioctl/vmclock-device.js';
import { ChronydClient } from '../sock/chronyd-client.js';
import { RefclockSender } from '../sock/refclock-sender.js';
import { reloadable, tomlNames } from './config/reloadable.js';
import type { Settings } from './config/settings.js';
import { describeFeeder } from './describe-feeder.js';
import { EventPublisher } from './events/event-publisher.js';
import { EventSource } from './events/event-source.js';
import { Feeder } from './feeder.js';
import type { FeederState } from './feeder-types.js';
import { HookRunner } from './hooks/hook-runner.js';
import type { AdjustableLog } from './log/log.js';
import { stdoutWriter } from './log/stdout-writer.js';
import { nodeTimers } from './node-timers.js';
import { type OpenPhc, openChosenPage, openChosenPhc } from './open-clocks.js';
import { tellAsPhc2sys } from './phc2sys/tell-as-phc2sys.js';
import { rememberIn } from './remember.js';
import { ReopeningPhc } from './reopening-phc.js';
import { StateStore } from './state-file/state-store.js';
import { serveStatus } from './status/serve-status.js';
import { createNotifier } from './systemd/create-notifier.js';

/** What the daemon is started with. */
export interface DaemonOptions {
  readonly settings: Settings;
  readonly version: string;
  readonly log: AdjustableLog;
  /** Reads the configuration again, for SIGHUP; undefined: it has errors, which have been reported. */
  readonly reload: () => Settings | undefined;
  /** Opens the PHC; a stand-in's in benchmarks and tests, where there is no device. */
  readonly openPhc?: (setting: Settings['phc'], log: AdjustableLog) => OpenPhc;
}

/** A loop this late has lost its timer, ns. */
const STUCK_NS = 5e9;

/** How often the line of `systemctl status` may change, ms: each costs systemd a wake-up. */
const STATUS_LINE_MS = 10_000;

/**
 * The daemon, from opened devices to SIGTERM.
 *
 * @returns when it was told to end
 * @throws Error that says what is missing and what to do, when it cannot start
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { log, version } = options;
  let { settings } = options;
  const clock = new SystemClocks();
  const opened = (options.openPhc ?? openChosenPhc)(settings.phc, log);
  const page = openChosenPage(settings.vmclock, log);
  const phc = new ReopeningPhc(opened.phc, clock, () => reopen(opened));
  const sender = new RefclockSender(settings.sock);
  const chronyd = settings.chronyd === 'none' ? undefined : new ChronydClient(settings.chronyd);
  const notifier = createNotifier(log);
  const memory = rememberIn(new StateStore(settings.stateFile, log), opened.described.clockName);

  const hooks = new HookRunner({ settings, timers: nodeTimers, log });
  const events = new EventPublisher({
    source: new EventSource(memory.remembered?.epoch),
    clock,
    timers: nodeTimers,
    log,
    onEvent: (event) => hooks.run(event),
  });

  const feeder = new Feeder(
    {
      clock,
      phc,
      phcTimescale: opened.described.timescale,
      page,
      sock: sender,
      chronyd,
      timers: nodeTimers,
      log,
      remembered: memory.remembered,
      remember: memory.remember,
      onPage: (page) => events.onPage(page),
      onState: (state) => {
        notifier.status(statusLine(state));
        events.onState(state);
      },
      onDisruption: (record) => events.onDisruption(record),
      ...(settings.logFormat === 'phc2sys' ? { onSample: tellAsPhc2sys(settings.refid, stdoutWriter()) } : {}),
    },
    settings,
  );
  const document = () =>
    describeFeeder(feeder.report(), {
      version,
      pid: process.pid,
      phc,
      vmclockPath: page?.path,
      watching: page?.watching ?? 'look',
      sockPath: settings.sock,
      chronydPath: chronyd?.path,
      refid: settings.refid,
      maxDriftPpm: settings.maxDriftPpm,
      events: events.events,
    });
  const status = await serveStatus({ path: settings.statusSocket, mode: settings.statusSocketMode, document, log });

  const reload = (): void => {
    notifier.reloading();
    const wanted = options.reload();
    if (wanted !== undefined) {
      const change = reloadable(settings, wanted);
      settings = change.settings;
      feeder.apply(settings);
      hooks.apply(settings);
      log.setLevel(settings.logLevel);
      log.info(change.apply.length === 0 ? 'reloaded: nothing has changed' : `reloaded: ${tomlNames(change.apply)}`);
      if (change.refuse.length > 0) log.warn(`these need a restart to change: ${tomlNames(change.refuse)}`);
    }
    notifier.reloaded();
  };
  process.on('SIGHUP', reload);
  page?.watch(() => feeder.wake());
  announce(log, opened, page);
  events.start();
  feeder.start();
  const watchdog =
    notifier.watchdogIntervalMs === undefined
      ? undefined
      : setInterval(() => {
          // Alive is not that timers run but that samples are tried: a loop that has lost its timer is to be restarted.
          if (feeder.overdueNs() < STUCK_NS) notifier.watchdog();
        }, notifier.watchdogIntervalMs);
  const statusLines = setInterval(() => notifier.status(statusLine(feeder.report().state)), STATUS_LINE_MS);
  // The program it runs takes a while; the loop goes on meanwhile.
  void notifier.ready(statusLine(feeder.report().state));

  const signal = await termination();
  log.info(`${signal}: ending`);
  notifier.stopping();
  process.off('SIGHUP', reload);
  clearInterval(watchdog);
  clearInterval(statusLines);
  feeder.stop();
  events.stop();
  const hooksEnded = hooks.stop();
  chronyd?.close();
  sender.close();
  page?.close();
  phc.close();
  await status.close();
  await hooksEnded;
}

function reopen({ described }: OpenPhc) {
  const now = describeClock(described.path);
  if (now.clockName !== described.clockName) {
    throw new Error(`${described.path} is now "${now.clockName}" and was "${described.clockName}": restart vmclockd`);
  }
  return openPhc(now);
}

function announce(log: AdjustableLog, { described }: OpenPhc, page: VmclockDevice | undefined): void {
  const how =
    page === undefined
      ? 'no vmclock page'
      : `${page.path} (${page.watching === 'poll' ? 'wakes us' : `looked at: ${page.lookReason}`})`;
  log.info(`reading ${described.path} (${described.clockName || 'no name'}); disruptions: ${how}`);
}

/** One line for `systemctl status`. */
function statusLine(state: FeederState): string {
  return state.reason === '' ? state.name : `${state.name}: ${state.reason}`;
}

function termination(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
