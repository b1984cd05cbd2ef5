import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { place } from './our-refclocks.js';

const { ok, warn, fail, skip } = about({
  id: 'makestep',
  name: 'makestep',
  expected: 'a makestep line; with recovery other than "feed-forward", one without a limit',
  why: 'without it chronyd slews: a second that is off takes it at least twelve to put right, an hour half a day',
});

/** Whether chronyd may step the clock when it should. */
export function checkMakestep({ chrony, daemon }: DoctorFacts): Finding {
  if (chrony.conf.files.length === 0) return skip('no configuration to look at');
  const restart = `\`systemctl restart ${chrony.unit}\``;
  // The last one counts.
  const line = chrony.conf.directives.filter(({ name }) => name === 'makestep').at(-1);
  const { recovery } = daemon.settings;
  if (line === undefined) return warn('none', `\`makestep 0.1 -1\` in ${chrony.file} and ${restart}`);
  const [threshold = '', limit = ''] = line.arguments;
  const value = `makestep ${threshold} ${limit}`;
  if ([threshold, limit].some((word) => word === '' || !Number.isFinite(Number(word)))) {
    return fail(`${value}: two numbers are needed`, `\`makestep 1 3\` in ${place(line)} and ${restart}`, {
      why: 'chronyd does not start with it',
    });
  }
  if (recovery === 'feed-forward') return ok(`${value}; after a disruption vmclockd has it step`);
  if (Number(limit) < 0) return ok(value);
  return warn(`${value} with recovery = "${recovery}"`, `\`makestep 0.1 -1\` in ${place(line)} and ${restart}`);
}
