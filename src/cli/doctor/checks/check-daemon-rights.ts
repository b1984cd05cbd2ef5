import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';

const { ok, warn, skip } = about({
  id: 'rights',
  name: 'Rights',
  expected: 'CAP_DAC_OVERRIDE and no more',
  why: 'it reads devices and writes to two sockets: with more rights than that, a fault in it would cost more',
});

/** capabilities(7): what reaches chronyd's sockets, whose owner is root. */
const DAC_OVERRIDE = 1n << 1n;
const SYS_TIME = 1n << 25n;

/** What the running daemon may do. */
export function checkDaemonRights({ daemon: { process } }: DoctorFacts): Finding {
  if (process === null) return skip('vmclockd does not run, or is hidden from us');
  const { uid, capabilities } = process;
  const who = uid === 0 ? 'root' : `uid ${uid}`;
  const remedy = 'run it by its unit: `systemctl enable --now vmclockd`; and not with the rights of a root shell';
  const beyond = count(capabilities & ~DAC_OVERRIDE);
  if ((capabilities & SYS_TIME) !== 0n)
    return warn(`${who} with ${count(capabilities)} capabilities, CAP_SYS_TIME among them`, remedy);
  if (beyond > 0) return warn(`${who} with ${beyond} capabilities beside CAP_DAC_OVERRIDE`, remedy);
  return ok(`${who}, ${(capabilities & DAC_OVERRIDE) === 0n ? 'no capabilities' : 'CAP_DAC_OVERRIDE only'}`);
}

function count(bits: bigint): number {
  return bits.toString(2).replaceAll('0', '').length;
}
