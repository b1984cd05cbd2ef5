import { posix } from 'node:path';

/** A file of ours and its place on a system. */
export interface InstalledFile {
  /** Where it lies in the program's own tree, from the tree's root. */
  readonly from: string;
  /** Where it goes, absolute. */
  readonly to: string;
  /** The administrator's to change: never overwritten once changed. */
  readonly configuration: boolean;
}

/** Where a chrony looks for configuration: Debian's, Fedora's, or none was found. */
export type ChronyLayout = 'conf.d' | 'chrony.conf' | 'none';

/** What distributions disagree about. */
export interface Layout {
  /** "/usr" for a package, "/usr/local" for what an administrator installs. */
  readonly prefix: string;
  readonly chrony: ChronyLayout;
  /** Folder for zsh's completions below the prefix. */
  readonly zsh: string;
}

/** As a Debian package has it. */
export const DEBIAN_PACKAGE: Layout = { prefix: '/usr', chrony: 'conf.d', zsh: 'share/zsh/vendor-completions' };

/** What chrony.conf includes where it has no conf.d. */
export const INCLUDED_CHRONY_CONF = '/etc/vmclockd/chrony.conf';

const CHRONY_TARGETS: Readonly<Record<ChronyLayout, string | undefined>> = {
  'conf.d': '/etc/chrony/conf.d/vmclockd.conf',
  'chrony.conf': INCLUDED_CHRONY_CONF,
  none: undefined,
};

/** The daemon, and what may be switched on besides. */
const UNITS = ['vmclockd', 'vmclockd-wait', 'vmclockd-metrics', 'vmclockd-metrics-http'];

/** True for a file that names paths of the program, which differ from machine to machine. */
export function isUnit({ from }: InstalledFile): boolean {
  return UNITS.some((name) => from === unitPath(name));
}

function unitPath(name: string): string {
  return `systemd/${name}.service`;
}

/**
 * What goes where, besides the program itself: the one table that `vmclockd install` and the Debian package both
 * follow.
 */
export function installedFiles({ prefix, chrony, zsh }: Layout): readonly InstalledFile[] {
  const program = (from: string, to: string): InstalledFile => ({
    from,
    to: posix.join(prefix, to),
    configuration: false,
  });
  const configuration = (from: string, to: string): InstalledFile => ({ from, to, configuration: true });
  const chronyTarget = CHRONY_TARGETS[chrony];
  return [
    ...UNITS.map((name) => program(unitPath(name), `lib/systemd/system/${name}.service`)),
    program('systemd/60-vmclockd.rules', 'lib/udev/rules.d/60-vmclockd.rules'),
    program('systemd/sysusers.conf', 'lib/sysusers.d/vmclockd.conf'),
    program('build/share/vmclockd.8', 'share/man/man8/vmclockd.8'),
    program('build/share/vmclockd.toml.5', 'share/man/man5/vmclockd.toml.5'),
    program('build/share/vmclockd.bash', 'share/bash-completion/completions/vmclockd'),
    program('build/share/_vmclockd', `${zsh}/_vmclockd`),
    program('config/prometheus/vmclockd.rules.yml', 'share/vmclockd/prometheus/vmclockd.rules.yml'),
    program('config/grafana/vmclockd.json', 'share/vmclockd/grafana/vmclockd.json'),
    configuration('config/vmclockd.toml', '/etc/vmclockd/vmclockd.toml'),
    ...(chronyTarget === undefined ? [] : [configuration('config/chrony/vmclockd.conf', chronyTarget)]),
  ];
}
