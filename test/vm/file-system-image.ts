import { rmSync } from 'node:fs';
import { runCommand } from './run-command.js';
import { tool } from './toolchain.js';

/**
 * Packs a folder into an ext4 image, everything owned by root. No mount and no root needed: mke2fs reads a tar file,
 * in which the owners are what tar is told to write.
 */
export async function fileSystemImage(folder: string, image: string): Promise<void> {
  const archive = `${image}.tar`;
  rmSync(image, { force: true });
  await runCommand([
    'tar',
    '--create',
    '--file',
    archive,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--sort=name',
    '-C',
    folder,
    '.',
  ]);
  const kilobytes = Number((await runCommand(['du', '-sk', '--apparent-size', folder])).split('\t')[0]);
  const files = Number(await runCommand(['sh', '-c', 'find "$1" | wc -l', 'find', folder]));
  // Every file may waste most of a block; inode tables and the like come on top.
  const size = Math.ceil(kilobytes * 1.1 + files * 4.5 + 8192);
  await runCommand([
    ...[...tool('mke2fs'), '-q', '-t', 'ext4', '-O', '^has_journal', '-m', '0', '-N', String(files + 1024)],
    ...['-d', archive, image, `${size}k`],
  ]);
  rmSync(archive);
}
