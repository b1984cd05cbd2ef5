import type { LockedPackage } from './lockfile.js';

/** What the control file tells. */
export interface ControlFacts {
  readonly version: string;
  /** "Name <address>" */
  readonly maintainer: string;
  /** KiB on disk. */
  readonly installedKiB: number;
}

/**
 * DEBIAN/control. Architecture "all" although koffi's compiled half is in it: for both processors at once, and Node
 * loads the one that fits.
 */
export function controlFile({ version, maintainer, installedKiB }: ControlFacts): string {
  return `Package: vmclockd
Version: ${version}
Architecture: all
Maintainer: ${maintainer}
Installed-Size: ${installedKiB}
Depends: nodejs (>= 20.12), libc6 (>= 2.25), init-system-helpers (>= 1.54)
Recommends: chrony, systemd
Section: admin
Priority: optional
Description: keeps chronyd right in a virtual machine, after migration too
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

/** A library in the package, with its licence. */
export interface LicensedModule extends LockedPackage {
  /** In the source tree: "node_modules/pino". */
  readonly folder: string;
  /** The licence's text; '' where the library brings none. */
  readonly text: string;
}

/**
 * The copyright file, in Debian's machine-readable form; paths are those of the source tree. Each licence stands there
 * once, and the holders of all copyrights.
 */
export function copyrightFile(licence: string, modules: readonly LicensedModule[]): string {
  const texts = new Map([['MIT', termsOf(licence)]]);
  for (const { license, text } of modules) {
    const name = shortName(license, text);
    if (text !== '' && !texts.has(name)) texts.set(name, termsOf(text));
  }
  const own = holderIn(licence) ?? 'the vmclockd authors';
  return `${[
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: vmclockd',
    `Files: *\nCopyright: ${own}\nLicense: MIT`,
    ...modules.map(({ folder, version, license, text }) => {
      const holder = holderIn(text) ?? `the authors of ${folder.replace(/^.*node_modules\//, '')}`;
      return `Files: ${folder}/*\nCopyright: ${holder}\nLicense: ${shortName(license, text)}\nComment: version ${version}`;
    }),
    ...[...texts].map(([name, text]) => `License: ${name}\n${text}`),
  ].join('\n\n')}\n`;
}

/** Some libraries bring a text and do not say in their manifest which it is. */
function shortName(license: string, text: string): string {
  if (license === '' && text.includes('Permission is hereby granted, free of charge')) return 'MIT';
  return license.replace(/[^\w.+-]+/g, '-') || 'unknown';
}

/** What is allowed on what conditions: the text without title and holders, indented as the form wants it. */
function termsOf(licence: string): string {
  return licence
    .split('\n')
    .filter((line) => !/^\s*(?:(?:the )?(?:MIT|ISC) License|copyright\b.*|\(the MIT license\))[^\w]*$/i.test(line))
    .join('\n')
    .trim()
    .replace(/^\s*$/gm, '.')
    .replace(/^/gm, ' ');
}

/** The copyright's holder, from a licence text; undefined where it names none. */
export function holderIn(licence: string): string | undefined {
  return /^\s*copyright\s+(?:\(c\)\s*|©\s*)?(.+?)\s*$/im.exec(licence)?.[1];
}
