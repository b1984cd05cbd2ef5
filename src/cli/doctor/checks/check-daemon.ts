import { formatDuration } from '../../format-quantity.js';
import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';

const { ok, warn, fail, skip } = about({
  id: 'daemon',
  name: 'vmclockd',
  expected: 'running and feeding',
  why: 'nobody else notices a migration or restore, and puts the clock right after it',
});

/** Whether the daemon runs, and what it says of itself. */
export function checkDaemon({ daemon: { process, status, statusError, settings }, asRoot }: DoctorFacts): Finding {
  if (status === null) {
    if (!asRoot && /\bEACCES\b/.test(statusError)) return skip(statusError, 'ask as root');
    if (process === null)
      return fail(
        'not running',
        '`systemctl enable --now vmclockd`; if it stops again, `journalctl -u vmclockd` tells why',
      );
    return fail(
      `runs (pid ${process.pid}), but does not answer at ${settings.statusSocket}: ${statusError}`,
      '`journalctl -u vmclockd -n 20` tells why; `systemctl restart vmclockd`',
    );
  }
  const { name, reason, forSeconds } = status.state;
  const value = `${name} for ${formatDuration(forSeconds)}${reason === '' ? '' : `: ${reason}`}`;
  if (name === 'feeding') return ok(`${value}, pid ${status.pid}, version ${status.version}`);
  if (name === 'holding')
    return fail(value, '`vmclockd status` for more, `journalctl -u vmclockd -n 20` for how it came to that');
  return warn(value, 'wait, and ask `vmclockd status`');
}
