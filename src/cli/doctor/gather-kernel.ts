import type { KernelFacts, ModuleFacts } from './doctor-facts.js';
import { kernelVersion } from './kernel-version.js';
import type { RootFiles } from './root-files.js';

/** Where systemd and Debian's older scripts look for modules to load at boot. */
const LOAD_FOLDERS = [
  '/etc/modules-load.d',
  '/run/modules-load.d',
  '/usr/local/lib/modules-load.d',
  '/usr/lib/modules-load.d',
];

/** The kernel and the two modules we care about. */
export function gatherKernel(files: RootFiles): KernelFacts {
  const release = files.word('/proc/sys/kernel/osrelease');
  const version = files.word('/proc/sys/kernel/version');
  const atBoot = modulesAtBoot(files);
  return {
    release,
    version: kernelVersion({ release, version, signature: files.word('/proc/version_signature') }),
    vmclockOffered: isVmclockOffered(files),
    ptpKvm: moduleFacts(files, release, 'ptp_kvm', atBoot),
    ptpVmclock: moduleFacts(files, release, 'ptp_vmclock', atBoot),
  };
}

function moduleFacts(files: RootFiles, release: string, name: string, atBoot: ReadonlySet<string>): ModuleFacts {
  const folder = `/lib/modules/${release}`;
  const builtIn = hasModule(files.word(`${folder}/modules.builtin`), name);
  const dependencies = files.read(`${folder}/modules.dep`);
  return {
    loaded: files.names('/sys/module').includes(name),
    builtIn,
    available: 'text' in dependencies ? builtIn || hasModule(dependencies.text, name) : builtIn || null,
    atBoot: atBoot.has(name),
  };
}

/** In modules.dep and modules.builtin: `kernel/drivers/ptp/ptp_kvm.ko.xz: …`. */
function hasModule(list: string, name: string): boolean {
  return new RegExp(`/${name.replace('_', '[_-]')}\\.ko\\b`).test(list);
}

function modulesAtBoot(files: RootFiles): ReadonlySet<string> {
  const lists = LOAD_FOLDERS.flatMap((folder) =>
    files
      .names(folder)
      .filter((name) => name.endsWith('.conf'))
      .map((name) => `${folder}/${name}`),
  );
  const unit = enabledUnit(files);
  const lines = ['/etc/modules', ...lists].flatMap((path) => files.word(path).split('\n'));
  const wanted = [...unit.matchAll(/\bmodprobe@(\w+)\.service\b/g)].map(([, name = '']) => name);
  return new Set([...lines.map((line) => (line.trim().split(/\s/, 1)[0] ?? '').replaceAll('-', '_')), ...wanted]);
}

/** vmclockd's own unit, which has systemd load ptp_kvm; "" where it is not started at boot. */
function enabledUnit(files: RootFiles): string {
  if (!files.names('/etc/systemd/system/multi-user.target.wants').includes('vmclockd.service')) return '';
  const folders = [
    '/etc/systemd/system',
    '/usr/local/lib/systemd/system',
    '/usr/lib/systemd/system',
    '/lib/systemd/system',
  ];
  const lines = folders.map((folder) => files.word(`${folder}/vmclockd.service`)).find((text) => text !== '') ?? '';
  return lines
    .split('\n')
    .filter((line) => line.startsWith('Wants='))
    .join('\n');
}

/** The ACPI ids are QEMU's and Amazon's, and the one of the specification; the node's name is the device tree's. */
function isVmclockOffered(files: RootFiles): boolean {
  const acpi = files.names('/sys/bus/acpi/devices').some((name) => /^(AMZNC10C|VMCLOCK):/.test(name));
  return acpi || files.names('/proc/device-tree').some((name) => /^(ptp|vmclock)@/.test(name));
}
