import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';

const { ok, warn, skip } = about({
  id: 'leap-seconds',
  name: 'Leap seconds',
  expected: 'leapseclist or leapsectz in chrony.conf where nobody else tells TAI − UTC',
  why: 'TAI − UTC is what tells a clock that ticks TAI from one that ticks UTC; assumed, it would be wrong after the next leap second',
});

/** Whether somebody tells TAI − UTC where it is needed. */
export function checkLeapSeconds({ chrony, pages, kernelTaiOffsetSeconds, daemon, clocks }: DoctorFacts): Finding {
  const directive = chrony.conf.directives.filter(({ name }) => name === 'leapseclist' || name === 'leapsectz').at(-1);
  const restart = `\`systemctl restart ${chrony.unit}\``;
  if (directive !== undefined) {
    const value = `${directive.name} ${directive.arguments.join(' ')}`;
    if (chrony.leapListPresent === false) {
      return warn(
        `${value}: there is no such file`,
        `\`apt install tzdata\`, or name another in ${directive.file}:${directive.line}, and ${restart}`,
      );
    }
    return ok(value);
  }
  if (kernelTaiOffsetSeconds !== 0) return ok(`none, but the kernel knows TAI − UTC: ${kernelTaiOffsetSeconds} s`);
  if (pages.some(({ contents }) => contents?.taiOffsetSeconds != null))
    return ok('none; the vmclock page tells TAI − UTC');
  if (chrony.conf.files.length === 0) return skip('no configuration to look at');
  // Its time scale changed with Linux 7.0; the others are documented.
  const needed = daemon.status?.phc?.timescale === 'TAI' || clocks.some(({ kind }) => kind === 'vmclock');
  if (!needed) return ok('none, and none is needed: the clock does not tick TAI');
  return warn(
    'none',
    `\`leapseclist /usr/share/zoneinfo/leap-seconds.list\` (or \`leapsectz right/UTC\`) in ${chrony.file} and ${restart}`,
  );
}
