import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { followedClock } from './followed-clock.js';
import { place } from './our-refclocks.js';

const { ok, warn, fail, skip } = about({
  id: 'phc-refclock',
  name: 'Other refclocks',
  expected: 'no `refclock PHC` that is not marked noselect',
  why: 'chronyd reads that clock itself, knows nothing of disruptions, and may follow it in place of us with samples from before one',
});

/** Whether chronyd reads a PTP clock behind our back. */
export function checkPhcRefclock(facts: DoctorFacts): Finding {
  const { chrony, nodes } = facts;
  if (chrony.conf.files.length === 0) return skip('no configuration to look at');
  const followed = followedClock(facts)?.device;
  const phcs = chrony.refclocks.flatMap((line, index) =>
    line.driver === 'PHC' && line.options['noselect'] === undefined
      ? [{ line, device: chrony.devices[index] ?? line.path }]
      : [],
  );
  const [first] = phcs;
  if (first === undefined) return ok('none');
  const same = phcs.find(({ device }) => device === followed);
  const { line, device } = same ?? first;
  const link = device === line.path ? '' : ` (${device})`;
  const remedy = `take the line out (or add \`noselect\`) and \`systemctl restart ${chrony.unit}\``;
  if (same !== undefined)
    return fail(`${place(line)}: refclock PHC ${line.path}${link}, the clock that vmclockd reads`, remedy);
  const exists = nodes.some(({ path }) => path === device);
  return warn(`${place(line)}: refclock PHC ${line.path}${exists ? link : ', which is not there'}`, remedy);
}
