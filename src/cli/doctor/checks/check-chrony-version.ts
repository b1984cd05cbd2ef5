import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { isOlder } from './chrony-version.js';

const { ok, warn, fail } = about({
  id: 'chrony-version',
  name: 'chrony',
  expected: '4.3 or newer',
  why: 'it is chronyd that sets the clock; vmclockd is tested with 4.3 and newer',
});

/** Whether chrony is installed, and new enough. */
export function checkChronyVersion({ chrony, daemon, processes }: DoctorFacts): Finding {
  const { version, versionError, binary, unit } = chrony;
  if (binary === '') {
    if (processes?.some(({ name }) => name === 'chronyd')) return ok('runs, from a place of its own');
    return fail(
      'not installed',
      unit === 'chrony' ? '`apt install chrony`' : '`apt install chrony`, or `dnf install chrony`',
    );
  }
  if (version === '') return warn(versionError, `see \`${binary} -v\``);
  if (isOlder(version, '4.3')) return warn(version, 'update chrony');
  if (!isOlder(version, '4.7')) return ok(version);
  const { samplesPerPoll, slowIntervalMs } = daemon.settings;
  if (slowIntervalMs === 'auto' && samplesPerPoll < 4) {
    return fail(`${version}, and samples_per_poll is ${samplesPerPoll}`, `samples_per_poll = 5 in ${daemon.file}`, {
      expected: 'at least 4 samples per poll for chrony before 4.7',
      why: 'with fewer it makes nothing of them, and never synchronises',
    });
  }
  return ok(
    `${version} (wants 4 samples per poll; gets ${slowIntervalMs === 'auto' ? samplesPerPoll : 'one'}${slowIntervalMs === 'auto' ? '' : ` every ${slowIntervalMs} ms`})`,
  );
}
