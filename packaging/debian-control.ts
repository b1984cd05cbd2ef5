import type { LockedPackage } from './lockfile.js';

/** What the control file tells. */
export interface ControlFacts {
  readonly version: string;
  readonly description: string;
  /** "Name <address>" */
  readonly maintainer: string;
  /** KiB on disk. */
  readonly installedKiB: number;
}

/**
 * DEBIAN/control. Architecture "all" although koffi's compiled half is in it: for both processors at once, and Node
 * loads the one that fits.
 */
export function controlFile({ version, description, maintainer, installedKiB }: ControlFacts): string {
  return `Package: vmclockd
Version: ${version}
Architecture: all
Maintainer: ${maintainer}
Installed-Size: ${installedKiB}
Depends: nodejs (>= 20.12), init-system-helpers (>= 1.54)
Recommends: chrony, systemd
Section: admin
Priority: optional
Description: ${description.charAt(0).toLowerCase()}${description.slice(1)}
 Live migration and snapshot restore ruin a guest's clock: its CPU counter
 changes speed and value, without warning, and chronyd goes on claiming to be
 synchronised. vmclockd reads the host's clock from a PTP device, feeds chronyd
 through its refclock SOCK, watches /dev/vmclock0 for disruptions, and puts
 chronyd right as soon as one has happened. It never sets the clock itself.
`;
}

/** A changelog in Debian's form, for one release; the whole story is in NEWS. */
export function debianChangelog(version: string, maintainer: string, seconds: number): string {
  const date = new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
  return `vmclockd (${version}) unstable; urgency=medium

  * Release ${version}; NEWS.gz tells what is new.

 -- ${maintainer}  ${date}
`;
}

/** A module in the package, with the line of its licence that names the holder. */
export interface LicensedModule extends Pick<LockedPackage, 'version' | 'license'> {
  readonly folder: string;
  readonly holder: string;
}

/** The copyright file, in Debian's machine-readable form. */
export function copyrightFile(licence: string, modules: readonly LicensedModule[]): string {
  const holder = holderIn(licence) ?? 'the vmclockd authors';
  const text = licence
    .split('\n')
    .filter((line) => !/^MIT License$|^Copyright /.test(line))
    .join('\n')
    .trim()
    .replace(/^$/gm, '.')
    .replace(/^/gm, ' ');
  const stanzas = modules.map(
    ({ folder, version, license, holder }) => `Files: usr/lib/vmclockd/${folder}/*
Copyright: ${holder}
License: ${license === 'MIT' ? 'MIT' : license.replace(/[^\w.+-]+/g, '-')}
Comment: version ${version}; its own licence text, where it has one, is in that folder.`,
  );
  const others = [...new Set(modules.map(({ license }) => license))].filter((name) => name !== 'MIT' && name !== '');
  return `${[
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: vmclockd',
    `Files: *\nCopyright: ${holder}\nLicense: MIT`,
    ...stanzas,
    `License: MIT\n${text}`,
    ...others.map(
      (name) => `License: ${name.replace(/[^\w.+-]+/g, '-')}\n See the licence texts in the folders named above.`,
    ),
  ].join('\n\n')}\n`;
}

/** The copyright's holder, from a licence text; undefined where it names none. */
export function holderIn(licence: string): string | undefined {
  return /^\s*copyright\s+(?:\(c\)\s*|©\s*)?(.+?)\s*$/im.exec(licence)?.[1];
}
