import type { DoctorFacts, ProcessFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { chronydProcess, controlsClock } from '../who-runs.js';

const { ok, warn, fail, skip } = about({
  id: 'competitors',
  name: 'Competitors',
  expected: 'nobody but chronyd sets the clock',
  why: 'two that correct one clock correct each other: chronyd sees jumps that nobody told it of, and neither is right',
});

interface Competitor {
  /** The kernel's name for the process, cut to 15 characters. */
  readonly comm: RegExp;
  /** False: as it was started, it leaves the clock alone. */
  readonly setsClock?: (process: ProcessFacts) => boolean;
}

const COMPETITORS: readonly Competitor[] = [
  { comm: /^phc2sys$/, setsClock: phc2sysSetsClock },
  { comm: /^ntpd$/ },
  { comm: /^systemd-timesyn/ },
  { comm: /^ntp-daemon$/ },
  { comm: /^timemaster$/ },
];

/** Whether another program sets the clock too. */
export function checkCompetitors({ processes, asRoot, chrony }: DoctorFacts): Finding {
  const main = chronydProcess(processes ?? []);
  if (processes === null || (!asRoot && !processes.some(({ pid }) => pid === 1))) {
    return skip('processes are hidden from us', 'ask as root');
  }
  const found = processes.filter((process) =>
    COMPETITORS.some(({ comm, setsClock }) => comm.test(process.name) && (setsClock?.(process) ?? true)),
  );
  const chronyds = processes.filter(
    (one) => one.name === 'chronyd' && one !== main && one.parent !== main?.pid && controlsClock(one),
  );
  if (main !== undefined && controlsClock(main) && chronyds.length > 0) {
    const pids = [main, ...chronyds].map(({ pid }) => pid).join(', ');
    return fail(
      `chronyd runs more than once (pid ${pids})`,
      `stop the one that does not belong to ${chrony.unit}.service: \`systemctl status PID\``,
    );
  }
  const clockbound = processes.find(({ name }) => /^clockboundd?$/.test(name));
  if (found.length === 0 && clockbound !== undefined) {
    return warn(`${clockbound.name} (pid ${clockbound.pid}) beside vmclockd`, remedy([clockbound]), {
      expected: 'one that puts chronyd right after a disruption',
      why: 'it does not set the clock, but resets chronyd at disruptions as well: after a reset of its own chronyd would lose what vmclockd has told it',
    });
  }
  if (found.length === 0) return ok('none');
  const value = found.map(({ name, pid, unit }) => `${name} (pid ${pid}${unit === '' ? '' : `, ${unit}`})`).join(', ');
  return fail(value, remedy(found));
}

/** Of openntpd and others several processes belong to one unit. */
function remedy(found: readonly ProcessFacts[]): string {
  const units = [...new Set(found.map(({ unit }) => unit).filter((unit) => unit !== ''))];
  const stray = found.filter(({ unit }) => unit === '').map(({ pid }) => pid);
  const commands = [
    units.length === 0 ? '' : `\`systemctl disable --now ${units.join(' ')}\``,
    stray.length === 0 ? '' : `\`kill ${stray.join(' ')}\` and whatever starts it again`,
  ];
  return commands.filter((command) => command !== '').join(', ');
}

/** With an output that is not the clock (`-E ntpshm`, `-E refclock_sock`, another `-c`) or only for the log. */
function phc2sysSetsClock({ arguments: all }: ProcessFacts): boolean {
  const line = all.slice(1).join(' ');
  const servo = /(?:^| )-E ?(\S+)/.exec(line)?.[1];
  const steered = /(?:^| )-c ?(\S+)/.exec(line)?.[1] ?? 'CLOCK_REALTIME';
  if (servo !== undefined && /^(ntpshm|refclock_sock|nullf)$/.test(servo)) return false;
  return steered === 'CLOCK_REALTIME' && !/(?:^| )--free_running[ =]1\b/.test(line);
}
