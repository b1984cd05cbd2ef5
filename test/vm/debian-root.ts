import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arch } from './arch.js';
import { cachedStep } from './cached-step.js';
import { fileSystemImage } from './file-system-image.js';
import { cacheFolder } from './folders.js';
import { FILES, LINKS, PACKAGES, USERS, writeAccounts, writeFiles } from './guest-root.js';
import type { Kernel } from './kernel.js';
import { PrivateApt, unpackPackages } from './private-apt.js';
import { runCommand } from './run-command.js';

/** What an installed Debian has besides: its package tools, and what maintainer scripts call. */
const MORE_PACKAGES = ['dpkg', 'apt', 'perl-base', 'init-system-helpers', 'tar', 'xz-utils', 'diffutils', 'libc-bin'];

/** The daemon's user is its unit's to make. `clock` is udev's. */
const ACCOUNTS = [...USERS.filter(([name]) => name !== 'vmclockd'), ['clock', 993, '/nonexistent'] as const];

const MORE_FILES: Readonly<Record<string, string>> = {
  // chrony's profile includes it; the package's script makes it.
  'etc/apparmor.d/local/usr.sbin.chronyd': '',
  'var/lib/dpkg/triggers/Lock': '',
  // Every system on which a user was ever added has it.
  'etc/.pwd.lock': '',
};

/** chrony runs as its package sets it up, and so its unit is not masked here. */
const OTHER_LINKS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(LINKS).filter(([path]) => !path.endsWith('/chrony.service'))),
  'etc/systemd/system/chronyd.service': '/usr/lib/systemd/system/chrony.service',
  'etc/systemd/system/multi-user.target.wants/chrony.service': '/usr/lib/systemd/system/chrony.service',
};

/**
 * A Debian in which dpkg can install and remove packages, with its chrony as it comes: the other root's packages and a
 * few more, and the package database that installing them would have left. As there, nothing of the guest runs on the host.
 */
export async function prepareDebianRoot(arch: Arch, kernel: Kernel): Promise<string> {
  const image = join(cacheFolder, `root-debian-${arch.debian}.ext4`);
  await cachedStep({
    what: `${arch.name} root file system with a package database`,
    output: image,
    inputs: { PACKAGES, MORE_PACKAGES, ACCOUNTS, FILES, MORE_FILES, OTHER_LINKS, kernel: kernel.version },
    async build(temporary) {
      const folder = `${image}.folder`;
      rmSync(folder, { recursive: true, force: true });
      const apt = new PrivateApt(arch.debian);
      await apt.update();
      const packages = await apt.download([...PACKAGES, ...MORE_PACKAGES]);
      await unpackPackages(packages, folder);
      await runCommand(['cp', '-a', join(kernel.modulesRoot, 'usr/lib/modules'), join(folder, 'usr/lib/')]);
      for (const unused of ['usr/share/doc', 'usr/share/man', 'usr/share/locale']) {
        // The folders stay: the database says that packages own them.
        await runCommand(['find', join(folder, unused), '!', '-type', 'd', '-delete']);
      }
      writeAccounts(folder, ACCOUNTS);
      writeFiles(folder, { ...FILES, ...MORE_FILES }, OTHER_LINKS);
      for (const name of ['chrony.conf', 'chrony.keys']) {
        copyFileSync(join(folder, 'usr/share/chrony', name), join(folder, 'etc/chrony', name));
      }
      await writeDatabase(packages, folder);
      await fileSystemImage(folder, temporary);
      rmSync(folder, { recursive: true, force: true });
    },
  });
  return image;
}

/** dpkg's status file and file lists, as if every package had been installed. */
async function writeDatabase(packages: readonly string[], folder: string): Promise<void> {
  const database = join(folder, 'var/lib/dpkg');
  const info = join(database, 'info');
  mkdirSync(info, { recursive: true });
  const paragraphs: string[] = [];
  for (const file of packages) {
    const control = (await runCommand(['dpkg-deb', '--field', file])).trimEnd();
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(control)?.[1] ?? '';
    paragraphs.push(control.replace(/^Package: .*$/m, '$&\nStatus: install ok installed'));
    const paths = (await runCommand(['sh', '-c', 'dpkg-deb --fsys-tarfile "$1" | tar -t', 'list', file]))
      .split('\n')
      .map((path) => path.replace(/^\./, '').replace(/\/$/, ''))
      .filter((path) => path !== '');
    const name = field('Multi-Arch') === 'same' ? `${field('Package')}:${field('Architecture')}` : field('Package');
    writeFileSync(join(info, `${name}.list`), ['/.', ...paths, ''].join('\n'));
  }
  writeFileSync(join(info, 'format'), '1\n');
  writeFileSync(join(database, 'status'), `${paragraphs.join('\n\n')}\n`);
  writeFileSync(join(database, 'available'), '');
}
