import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';

const { ok, warn, skip } = about({
  id: 'disruption-ahead',
  name: 'Disruption ahead',
  expected: 'none announced',
  why: 'the hypervisor is about to migrate or stop this machine: time will jump, and connections may break',
});

const REMEDY = 'nothing for the clock: vmclockd puts it right. Drain what cannot bear a pause';

/** Whether the hypervisor has announced a disruption. */
export function checkDisruptionAhead({ pages, daemon }: DoctorFacts): Finding {
  const flags = pages.find(({ contents }) => contents !== null)?.contents?.flags ?? daemon.status?.vmclock?.flags;
  if (flags === undefined) return skip('no page that could announce one');
  if (flags.includes('DISRUPTION_IMMINENT')) return warn('imminent (within about an hour)', REMEDY);
  if (flags.includes('DISRUPTION_SOON')) return warn('soon (within about a day)', REMEDY);
  return ok('none announced');
}
