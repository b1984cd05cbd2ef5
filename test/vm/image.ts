import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDebianPackage } from '../../packaging/debian-package.js';
import { makeShareFiles } from '../../packaging/share-files.js';
import type { Arch } from './arch.js';
import { cachedStep } from './cached-step.js';
import { fileSystemImage } from './file-system-image.js';
import { cacheFolder, guestToolsFolder, projectRoot } from './folders.js';
import { prepareNtpdRs } from './ntpd-rs.js';
import { applyPatch } from './patches.js';
import { runCommand } from './run-command.js';

export interface ProductOptions {
  readonly withProduct: boolean;
  /** Name of a change to make to the product; see patches.ts. */
  readonly patch?: string | undefined;
  /** Puts the Debian package beside the product, and has a root to install it in. */
  readonly withPackage?: boolean;
}

/**
 * The disk a guest finds under /opt: `vmclockd`, the production tree as a user would install it (npm pack, then the
 * locked production dependencies for the guest's processor), `ntpd-rs`, and `bench`, the guest's half of the bench. Made
 * afresh for each run; only the dependencies are cached. Without the product it serves the bench's test of itself.
 */
export async function prepareProductImage(
  arch: Arch,
  { withProduct, patch, withPackage }: ProductOptions,
): Promise<string> {
  const image = join(cacheFolder, `product-${arch.debian}.ext4`);
  const folder = join(cacheFolder, `product-${arch.debian}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (withProduct) {
    const dependencies = await prepareDependencies(arch);
    await unpackProduct(folder);
    if (patch !== undefined) applyPatch(patch, join(folder, 'vmclockd'));
    cpSync(join(dependencies, 'node_modules'), join(folder, 'vmclockd/node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    cpSync(await prepareNtpdRs(arch), join(folder, 'ntpd-rs'), { recursive: true });
  }
  if (withPackage) {
    await makeShareFiles();
    mkdirSync(join(folder, 'packages'));
    cpSync(await buildDebianPackage(), join(folder, 'packages/vmclockd.deb'));
  }
  cpSync(guestToolsFolder, join(folder, 'bench'), { recursive: true });
  await runCommand(['chmod', '-R', 'a+rx', join(folder, 'bench')]);
  await fileSystemImage(folder, image);
  return image;
}

async function prepareDependencies(arch: Arch): Promise<string> {
  const output = join(cacheFolder, `dependencies-${arch.debian}`);
  const lock = readFileSync(join(projectRoot, 'package-lock.json'), 'utf8');
  const manifest = readFileSync(join(projectRoot, 'package.json'), 'utf8');
  await cachedStep({
    what: `production dependencies for ${arch.name}`,
    output,
    inputs: { lock, manifest, cpu: arch.nodeCpu },
    async build(folder) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package-lock.json'), lock);
      writeFileSync(join(folder, 'package.json'), manifest);
      await runCommand(
        [
          'npm',
          'ci',
          '--omit=dev',
          '--ignore-scripts',
          '--no-audit',
          '--no-fund',
          '--os=linux',
          `--cpu=${arch.nodeCpu}`,
        ],
        { cwd: folder },
      );
    },
  });
  return output;
}

async function unpackProduct(folder: string): Promise<void> {
  const packed = join(cacheFolder, 'packed');
  rmSync(packed, { recursive: true, force: true });
  mkdirSync(packed, { recursive: true });
  // The bench itself runs from the build, so the build is there and as new as the bench: prepack need not repeat it.
  if (!existsSync(join(projectRoot, 'build/src/cli/main.js')))
    throw new Error('nothing to pack: npm run build comes first');
  await runCommand(['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', packed], { cwd: projectRoot });
  const archive = readdirSync(packed).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error('npm pack made no archive');
  await runCommand(['tar', '-xzf', join(packed, archive), '-C', folder]);
  renameSync(join(folder, 'package'), join(folder, 'vmclockd'));
}
