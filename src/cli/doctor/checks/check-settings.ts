import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';

const { ok, warn, fail, skip } = about({
  id: 'settings',
  name: 'Settings',
  expected: 'a valid vmclockd.toml, or none; chronyd told after a disruption',
  why: 'with an invalid one vmclockd does not start, or not again',
});

/** Whether vmclockd's configuration is valid, and switches nothing off that matters. */
export function checkSettings({ daemon: { file, settings, problems }, asRoot }: DoctorFacts): Finding {
  if (problems.length > 0) {
    if (!asRoot && problems.every((problem) => /\bEACCES\b/.test(problem)))
      return skip(`${file}: not readable for us`, 'ask as root');
    return fail(problems.join('; '), `mend ${file} and \`systemctl restart vmclockd\``);
  }
  const off =
    'after a disruption chronyd goes on with what it measured before, and the clock is wrong for up to minutes';
  if (settings.chronyd === 'none') return warn('chronyd = "none"', `take that line out of ${file}`, { why: off });
  if (settings.recovery === 'feed-only')
    return warn('recovery = "feed-only"', `recovery = "feed-forward" in ${file}`, { why: off });
  return ok(`valid, recovery ${settings.recovery}`);
}
