import type { DoctorFacts, ModuleFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';

const { ok, warn, skip } = about({
  id: 'modules',
  name: 'Modules',
  expected: 'ptp_kvm loaded at each boot where it gives the clock',
  why: 'on x86 nothing else loads ptp_kvm: after the next boot the clock would be gone',
});

/** Whether the modules behind the clocks are there, also after the next boot. */
export function checkModules({ kernel: { ptpKvm, ptpVmclock }, clocks, machine }: DoctorFacts): Finding {
  const value = `ptp_kvm ${state(ptpKvm)}, ptp_vmclock ${state(ptpVmclock)}`;
  // One cause, one finding.
  if (clocks.length === 0) return skip(`${value}; see Clock`);
  if (machine.container) return skip(`${value}: the machine's own matter, and this is a container`);
  // Where the architecture's code makes the clock (arm64), the module is built in.
  const lasting = !ptpKvm.loaded || ptpKvm.builtIn || ptpKvm.atBoot || !clocks.some(({ kind }) => kind === 'kvm');
  if (lasting) return ok(value);
  return warn(`${value}; ptp_kvm was loaded by hand`, '`echo ptp_kvm > /etc/modules-load.d/ptp_kvm.conf`');
}

function state({ loaded, builtIn, available }: ModuleFacts): string {
  if (builtIn) return 'built in';
  if (loaded) return 'loaded';
  return available === false ? 'not installed' : 'not loaded';
}
