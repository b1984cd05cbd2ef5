import type { Arch } from './arch.js';
import { prepareDebianRoot } from './debian-root.js';
import { prepareDeviceTree } from './device-tree.js';
import { prepareGuestRoot } from './guest-root.js';
import { type ProductOptions, prepareProductImage } from './image.js';
import { prepareKernel } from './kernel.js';
import type { GuestParts } from './qemu.js';
import { prepareToolchain } from './toolchain.js';

/** Makes all a guest needs, as far as it is not there yet. */
export async function prepare(arch: Arch, options: ProductOptions): Promise<GuestParts> {
  await prepareToolchain();
  const kernel = await prepareKernel(arch);
  const root = await prepareGuestRoot(arch, kernel);
  const debianRoot = options.withPackage ? await prepareDebianRoot(arch, kernel) : undefined;
  const deviceTree = await prepareDeviceTree(arch);
  const product = await prepareProductImage(arch, options);
  return { kernel: kernel.image, initramfs: kernel.initramfs, root, debianRoot, product, deviceTree };
}
