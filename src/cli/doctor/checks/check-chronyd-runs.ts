import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { chronydProcess, controlsClock } from '../who-runs.js';

const { ok, warn, fail, skip } = about({
  id: 'chronyd',
  name: 'chronyd',
  expected: 'running, and in control of the clock',
  why: 'vmclockd never sets the clock: chronyd does',
});

/** Whether chronyd runs. */
export function checkChronydRuns({ processes, chrony, daemon, asRoot }: DoctorFacts): Finding {
  const chronyd = chronydProcess(processes ?? []);
  if (chronyd !== undefined) {
    if (controlsClock(chronyd)) return ok(`runs, pid ${chronyd.pid}`);
    return warn(
      'runs with -x: it does not control the clock',
      'take -x out of its options (Debian: /etc/default/chrony; elsewhere /etc/sysconfig/chronyd)',
    );
  }
  if (daemon.status?.chronyd?.reachable) return ok('answers vmclockd');
  const hidden = processes === null || (!asRoot && !processes.some(({ pid }) => pid === 1));
  if (hidden) return skip('processes are hidden from us', 'ask as root');
  if (chrony.binary === '') return skip('not running; see chrony');
  return fail(
    'not running',
    `\`systemctl enable --now ${chrony.unit}\`; if it stops again, \`journalctl -u ${chrony.unit}\` tells why`,
  );
}
