import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { hasForgeablePage } from '../forgeable-page.js';

const { ok, warn, fail, skip } = about({
  id: 'cve-2026-80724',
  name: 'CVE-2026-80724',
  expected: 'a kernel in which it is mended (6.18.47, 7.1.11, 7.2.1, 7.3.4), or a vmclock page that only root may open',
  why: "whoever may open the page for reading can write to it: forge the host's time, or hide a disruption",
});

const OTHERS = 0o006;
const GROUP = 0o060;

/** Whether somebody who should not could forge the vmclock page. */
export function checkForgeablePage({ kernel: { release, version }, nodes }: DoctorFacts): Finding {
  const pages = nodes.filter(({ path }) => path.startsWith('/dev/vmclock'));
  if (pages.length === 0) return skip('no vmclock page here');
  const affected = version === undefined ? undefined : hasForgeablePage(version);
  if (affected === false) return ok(`${release} is not affected`);
  const state = affected
    ? `${release} is affected`
    : `it cannot be told whether ${release || 'this kernel'} is affected`;
  const paths = (list: typeof pages) => list.map(({ path }) => path).join(', ');

  const everybody = pages.filter(({ mode }) => (mode & OTHERS) !== 0);
  if (everybody.length > 0) {
    const value = `${state}, and everybody may open ${paths(everybody)}`;
    return fail(
      value,
      `\`chmod o= ${paths(everybody).replaceAll(',', '')}\` now (and in the udev rule), then update the kernel`,
    );
  }
  const someGroup = pages.filter(({ mode, group }) => (mode & GROUP) !== 0 && group !== 'root');
  if (someGroup.length > 0) {
    const groups = [...new Set(someGroup.map(({ group }) => group))].join(', ');
    return warn(`${state}, and the group ${groups} may open ${paths(someGroup)}`, 'update the kernel');
  }
  return ok(`${state}, but only root may open ${paths(pages)}`);
}
