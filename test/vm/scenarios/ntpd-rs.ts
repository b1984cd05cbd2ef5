import { setTimeout as delay } from 'node:timers/promises';
import type { Guest } from '../guest.js';
import { SOCK, startVmclockd, status } from '../guest-programs.js';
import { atLeast, atMost, exactly, forComparison, type Scenario, told } from '../scenario.js';
import { quantile } from '../truth.js';
import { trueErrors } from './feed.js';
import { waitsync } from './phc2sys.js';

const PROGRAMS = '/opt/ntpd-rs';
const CONFIGURATION = '/run/bench/ntp.toml';
const SETTLE_MS = 40_000;
const AFTER_DISRUPTION_MS = 30_000;

/** As docs/ntpd-rs.md has it, for ntpd-rs 1.4. */
const TOML = `[observability]
log-level = "info"
observation-path = "/run/bench/observe"
[[source]]
mode = "sock"
path = "${SOCK}"
measurement_noise_estimate = 1e-12
[synchronization]
minimum-agreeing-sources = 1
local-stratum = 1
`;

/** Starts ntpd-rs, which makes the socket and steers the guest's clock. */
export async function startNtpdRs(guest: Guest): Promise<number> {
  await guest.shell.put(CONFIGURATION, TOML);
  const id = await guest.shell.start(`${PROGRAMS}/ntp-daemon -c ${CONFIGURATION}`, '/run/bench/ntpd-rs.log');
  await guest.shell.output(`for i in $(seq 300); do [ -S ${SOCK} ] && exit 0; sleep 0.1; done; exit 1`);
  return id;
}

/** The clock is kept by a daemon that has no command socket for us: fed right samples, it does the rest itself. */
const follows: Scenario = {
  name: 'ntpd-rs: follows the host’s clock through vmclockd',
  about: 'product',
  guest: { page: 'time' },
  freshBoot: true,
  async run(guest) {
    const id = await startNtpdRs(guest);
    // The sign: a clock that is 5 ms behind has to come forward.
    await guest.shell.output(`python3 -c 'import time; time.clock_settime_ns(0, time.time_ns() - 5_000_000)'`);
    await startVmclockd(guest, '--chronyd none');
    await delay(SETTLE_MS);
    const errors = await trueErrors(guest, -37);
    const seen = await guest.shell.output(`${PROGRAMS}/ntp-ctl status -c ${CONFIGURATION}`);
    const measured = Number(await guest.shell.output('grep -c kalman /run/bench/ntpd-rs.log || true'));
    const document = await status(guest);
    const never = await waitsync(guest, '');
    await guest.disrupt({ stepNs: 200_000_000, ppm: 40 });
    await delay(AFTER_DISRUPTION_MS);
    const after = await trueErrors(guest, -37);
    const lives = await guest.shell.output(`[ -d /proc/${id} ] && echo yes || echo no`);
    await guest.shell.run(`kill ${id}`);
    return [
      told('ntp-ctl status', seen.replace(/\s+/g, ' ')),
      // 1.4 does not list a sock source there; that it measures by it stands in its log.
      atLeast('measurements in its log', measured, 20, ''),
      exactly('vmclockd', document?.state.name ?? '', 'feeding'),
      ...never.figures('waitsync, which will never know', 2),
      atMost('true error of the guest’s clock, p99', quantile(errors, 0.99), 1000, 'ns'),
      forComparison('true error, median', quantile(errors, 0.5), 'ns'),
      exactly('disruptions noticed', (await status(guest))?.disruptions.count ?? '', 1),
      exactly('ntpd-rs outlives a step of 200 ms and 40 ppm', lives, 'yes'),
      atMost('true error 30 s after that, p99', quantile(after, 0.99), 10_000, 'ns'),
      forComparison('true error then, median', quantile(after, 0.5), 'ns'),
    ];
  },
};

export const ntpdRs: readonly Scenario[] = [follows];
