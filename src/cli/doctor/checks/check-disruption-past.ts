import { formatDuration } from '../../format-quantity.js';
import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';

const { ok, warn, fail, skip } = about({
  id: 'disruption-past',
  name: 'Last disruption',
  expected: 'none, or one after which chronyd is synchronised again within a minute',
  why: 'until chronyd follows right samples again, the clock is only as good as what was corrected at once',
});

/** Longer than chronyd needs at any sensible poll, s. */
const SLOW_RECOVERY = 60;

/** Whether the last disruption is over. */
export function checkDisruptionPast({ daemon: { status } }: DoctorFacts): Finding {
  if (status === null) return skip('only the running daemon knows');
  const { count, last } = status.disruptions;
  if (last === null) return ok(`none in ${formatDuration(status.uptimeSeconds)}`);
  const value = `${formatDuration(last.agoSeconds)} ago (${last.cause}), ${count} in ${formatDuration(status.uptimeSeconds)}`;
  if (last.synchronisedMs !== null) return ok(`${value}; recovered in ${formatDuration(last.synchronisedMs / 1000)}`);
  if (last.agoSeconds < SLOW_RECOVERY) return warn(`${value}; not recovered yet`, 'wait, and ask `vmclockd status`');
  return fail(`${value}; not recovered`, '`vmclockd status` says what it waits for; the log: `journalctl -u vmclockd`');
}
