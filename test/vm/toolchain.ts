import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cachedStep } from './cached-step.js';
import { cacheFolder } from './folders.js';
import { type DebianArch, PrivateApt, unpackPackages } from './private-apt.js';

const root = join(cacheFolder, 'tools');
const PACKAGES = {
  backports: ['qemu-system-x86', 'qemu-system-arm'],
  stable: ['e2fsprogs', 'libarchive13t64', 'device-tree-compiler', 'kmod', 'xz-utils'],
};

const HOST: { debian: DebianArch; triplet: string; loader: string } =
  process.arch === 'arm64'
    ? { debian: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1' }
    : { debian: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2' };

/**
 * QEMU, mke2fs, dtc and friends of a known version, unpacked into the cache with the libraries and the loader they
 * were built for. Nothing is installed on the machine, and the machine's own release does not matter.
 */
export async function prepareToolchain(): Promise<void> {
  for (const needed of ['apt-get', 'dpkg-deb', 'tar', 'setpriv']) {
    const found = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, needed)));
    if (!found)
      throw new Error(`the VM bench needs ${needed}, which is part of every Debian (apt, dpkg, tar, util-linux)`);
  }
  await cachedStep({
    what: 'QEMU and file-system tools',
    output: root,
    inputs: { PACKAGES, HOST },
    async build(folder) {
      const apt = new PrivateApt(HOST.debian);
      await apt.update();
      mkdirSync(folder, { recursive: true });
      await unpackPackages(await apt.download(PACKAGES.stable), folder);
      await unpackPackages(await apt.download(PACKAGES.backports, true), folder);
    },
  });
}

/** The command line that starts one of the private tools. */
export function tool(name: string): string[] {
  const path = ['usr/bin', 'usr/sbin', 'sbin', 'bin']
    .map((folder) => join(root, folder, name))
    .find((file) => existsSync(file));
  if (path === undefined)
    throw new Error(`${name} is not among the bench's tools: delete .cache/vm/tools and try again`);
  const libraries = ['usr/lib', 'lib'].map((folder) => join(root, folder, HOST.triplet)).join(':');
  return [join(root, HOST.loader), '--library-path', libraries, path];
}

/** QEMU's options that name the folders with its firmware. */
export const firmwareFolders: readonly string[] = ['usr/share/qemu', 'usr/share/seabios'].flatMap((folder) => [
  '-L',
  join(root, folder),
]);
