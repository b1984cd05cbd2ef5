import { appendFileSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Arch } from './arch.js';
import { cachedStep } from './cached-step.js';
import { fileSystemImage } from './file-system-image.js';
import { cacheFolder } from './folders.js';
import type { Kernel } from './kernel.js';
import { PrivateApt, unpackPackages } from './private-apt.js';
import { runCommand } from './run-command.js';

/** Also those of other images. */
export const PACKAGES = [
  ...[
    'base-files',
    'base-passwd',
    'bash',
    'dash',
    'coreutils',
    'grep',
    'sed',
    'findutils',
    'mawk',
    'util-linux',
    'mount',
  ],
  ...['kmod', 'udev', 'dbus', 'systemd', 'systemd-sysv', 'procps', 'tzdata', 'apparmor', 'gzip'],
  ...['chrony', 'linuxptp', 'nodejs', 'python3'],
];

/** Users that the packages' own scripts would have made. */
export const USERS = [
  ['_chrony', 990, '/var/lib/chrony'],
  ['messagebus', 991, '/nonexistent'],
  ['vmclockd', 992, '/nonexistent'],
] as const;

export const FILES: Readonly<Record<string, string>> = {
  'etc/hostname': 'guest\n',
  'etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  'etc/fstab': '',
  // Scenarios load the drivers at the moment they choose.
  'etc/modprobe.d/bench.conf': 'blacklist ptp_vmclock\nblacklist ptp_kvm\n',
  'etc/systemd/system/bench-shell.service': `[Unit]
Description=Shell of the test bench
[Service]
ExecStart=/opt/bench/shell
Restart=always
OOMScoreAdjust=-1000
[Install]
WantedBy=multi-user.target
`,
};
export const LINKS: Readonly<Record<string, string>> = {
  'usr/bin/awk': 'mawk',
  'etc/localtime': '/usr/share/zoneinfo/UTC',
  'etc/systemd/system/multi-user.target.wants/bench-shell.service': '/etc/systemd/system/bench-shell.service',
  'etc/systemd/system/default.target': '/usr/lib/systemd/system/multi-user.target',
  'etc/systemd/system/serial-getty@hvc0.service': '/dev/null',
  'etc/systemd/system/getty.target': '/dev/null',
  'etc/systemd/system/chrony.service': '/dev/null',
  'etc/systemd/system/systemd-timesyncd.service': '/dev/null',
  'etc/systemd/system/systemd-firstboot.service': '/dev/null',
};

/**
 * A small Debian as a disk image. Its packages are only unpacked, for both architectures alike: nothing of the guest
 * runs on the host, so no emulation and no root is needed; the few things that packages' scripts do are done here.
 */
export async function prepareGuestRoot(arch: Arch, kernel: Kernel): Promise<string> {
  const image = join(cacheFolder, `root-${arch.debian}.ext4`);
  await cachedStep({
    what: `${arch.name} root file system`,
    output: image,
    inputs: { PACKAGES, USERS, FILES, LINKS, kernel: kernel.version },
    async build(temporary) {
      const folder = `${image}.folder`;
      rmSync(folder, { recursive: true, force: true });
      const apt = new PrivateApt(arch.debian);
      await apt.update();
      await unpackPackages(await apt.download(PACKAGES), folder);
      await runCommand(['cp', '-a', join(kernel.modulesRoot, 'usr/lib/modules'), join(folder, 'usr/lib/')]);
      for (const unused of ['usr/share/doc', 'usr/share/man', 'usr/share/locale']) {
        rmSync(join(folder, unused), { recursive: true, force: true });
      }
      writeAccounts(folder, USERS);
      writeFiles(folder, FILES, LINKS);
      await fileSystemImage(folder, temporary);
      rmSync(folder, { recursive: true, force: true });
    },
  });
  return image;
}

/** Files and symbolic links, by their paths in the guest. */
export function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>>,
): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    rmSync(join(folder, path), { force: true });
    symlinkSync(target, join(folder, path));
  }
}

/** The accounts of every Debian, and those of `users`, each with a group of its own. */
export function writeAccounts(folder: string, users: readonly (readonly [string, number, string])[]): void {
  for (const name of ['passwd', 'group']) {
    copyFileSync(join(folder, `usr/share/base-passwd/${name}.master`), join(folder, 'etc', name));
  }
  for (const [name, id, home] of users) {
    appendFileSync(join(folder, 'etc/passwd'), `${name}:x:${id}:${id}::${home}:/usr/sbin/nologin\n`);
    appendFileSync(join(folder, 'etc/group'), `${name}:x:${id}:\n`);
  }
}
