import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Arch } from './arch.js';
import { cachedStep } from './cached-step.js';
import { type CpioEntry, cpioArchive } from './cpio.js';
import { cacheFolder } from './folders.js';
import { PrivateApt, unpackPackages } from './private-apt.js';
import { runCommand } from './run-command.js';
import { tool } from './toolchain.js';

/** Needed before there is a root file system. Those built into the kernel are skipped. */
const EARLY_MODULES = ['virtio_blk', 'overlay'];

/** A kernel image and the initramfs that leads to the root file system. */
export interface Kernel {
  readonly version: string;
  readonly image: string;
  readonly initramfs: string;
  /** Folder with usr/lib/modules. */
  readonly modulesRoot: string;
}

/** Debian's newest cloud kernel of the backports suite. */
export async function prepareKernel(arch: Arch): Promise<Kernel> {
  const root = join(cacheFolder, `kernel-${arch.debian}`);
  await cachedStep({
    what: `${arch.name} kernel`,
    output: root,
    inputs: { package: arch.kernelPackage, EARLY_MODULES, EARLY_INIT },
    async build(folder) {
      const apt = new PrivateApt(arch.debian);
      await apt.update();
      const files = await apt.download([arch.kernelPackage], true);
      await unpackPackages(
        files.filter((file) => /^linux-(binary|modules|base)-\d/.test(basename(file))),
        folder,
      );
      await unpackPackages(await apt.download(['busybox-static']), join(folder, 'busybox'));
      const version = moduleVersion(folder);
      if (Number.parseInt(version, 10) < 7)
        throw new Error(`kernel ${version} is too old: the bench needs 7.0 or newer`);
      // depmod looks under lib/, which is a link to usr/lib on a system.
      await runCommand([...tool('depmod'), '-b', join(folder, 'usr'), version]);
      writeFileSync(join(folder, 'initramfs'), await initramfs(folder, version));
    },
  });
  const version = moduleVersion(root);
  return {
    version,
    image: join(root, 'usr/lib/modules', version, 'vmlinuz'),
    initramfs: join(root, 'initramfs'),
    modulesRoot: root,
  };
}

function moduleVersion(folder: string): string {
  const [version] = readdirSync(join(folder, 'usr/lib/modules'));
  if (version === undefined) throw new Error('the kernel package has no modules');
  return version;
}

/** The root is read-only and shared; what a guest writes goes to memory, so that a saved machine has no disk to match. */
const EARLY_INIT = `#!/bin/busybox sh
b=/bin/busybox
$b mount -t devtmpfs dev /dev; $b mount -t proc proc /proc; $b mount -t sysfs sys /sys
for m in $($b cat /modules/order); do $b insmod /modules/$m || echo "bench: insmod $m failed"; done
for i in 1 2 3 4 5 6 7 8 9; do [ -b /dev/vdb ] && break; $b sleep 0.2; done
$b mount -t ext4 -o ro /dev/vda /lower || echo "bench: no root disk"
$b mount -t tmpfs -o size=50% tmpfs /rw; $b mkdir /rw/up /rw/work
$b mount -t overlay -o lowerdir=/lower,upperdir=/rw/up,workdir=/rw/work overlay /root || echo "bench: no overlay"
$b mkdir -p /root/opt; $b mount -t ext4 -o ro /dev/vdb /root/opt || echo "bench: no product disk"
$b umount /proc; $b umount /sys; $b mount -o move /dev /root/dev
exec $b switch_root /root \${bench_init:-/opt/bench/init}
`;

async function initramfs(folder: string, version: string): Promise<Buffer> {
  const modules = join(folder, 'usr/lib/modules', version);
  const order = EARLY_MODULES.flatMap((name) => withDependencies(modules, name));
  const entries: CpioEntry[] = ['bin', 'dev', 'proc', 'sys', 'lower', 'rw', 'root', 'modules'].map((path) => ({
    path,
  }));
  entries.push({ path: 'bin/busybox', data: readFileSync(join(folder, 'busybox/usr/bin/busybox')) });
  entries.push({ path: 'init', data: Buffer.from(EARLY_INIT) });
  const names = [...new Set(order)];
  for (const file of names) {
    const unpacked = join(folder, 'early.ko');
    await runCommand(['sh', '-c', `${tool('xz').join(' ')} -dc "$1" > "$2"`, 'xz', join(modules, file), unpacked]);
    entries.push({ path: `modules/${basename(file, '.xz')}`, data: readFileSync(unpacked) });
  }
  entries.push({
    path: 'modules/order',
    data: Buffer.from(names.map((file) => `${basename(file, '.xz')}\n`).join('')),
  });
  return cpioArchive(entries);
}

/** Files to load for a module, dependencies first; none when it is built in. */
function withDependencies(modules: string, name: string): string[] {
  const lines = readFileSync(join(modules, 'modules.dep'), 'utf8').split('\n');
  const line = lines.find((text) => text.split(':')[0]?.includes(`/${name}.ko`));
  if (line === undefined) return [];
  const [file = '', rest = ''] = line.split(':');
  return [...rest.trim().split(' ').filter(Boolean).reverse(), file].filter((path) => existsSync(join(modules, path)));
}
