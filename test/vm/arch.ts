import type { DebianArch } from './private-apt.js';

/** What differs between the guests. Everything else, the scenarios above all, is the same for both. */
export interface Arch {
  readonly name: 'x86-64' | 'arm64';
  readonly debian: DebianArch;
  /** Node's name, for npm's --cpu. */
  readonly nodeCpu: 'x64' | 'arm64';
  readonly kernelPackage: string;
  readonly qemu: string;
  /** Machine, processor and devices that only this board has. */
  readonly machine: readonly string[];
  readonly memoryMiB: number;
  /** Where the vmclock page lies in guest-physical memory. */
  readonly pageAddress: bigint;
  /** The processor's counter: the TSC's frequency is the host's, the generic timer's is 1 GHz in QEMU. */
  readonly counter: 'tsc' | 'generic timer';
  /** The page's counter_id for this processor's counter. */
  readonly counterId: number;
  readonly console: string;
  readonly kernelArguments: string;
  /** Builds a device tree with a vmclock node: this board has no vmclock device of QEMU's own. */
  readonly deviceTree: boolean;
  /** qtest's arguments that raise and lower the device's interrupt; undefined: the device cannot notify. */
  readonly notification: { readonly controller: string; readonly line: number } | undefined;
  /** Whether QEMU's own device bumps the marker when a saved state is loaded. */
  readonly deviceMigrates: boolean;
}

/** QEMU's own device. It maps its page at a fixed place and never notifies. */
export const x86: Arch = {
  name: 'x86-64',
  debian: 'amd64',
  nodeCpu: 'x64',
  kernelPackage: 'linux-image-cloud-amd64',
  qemu: 'qemu-system-x86_64',
  machine: ['-machine', 'q35', '-cpu', 'max', '-device', 'vmclock'],
  memoryMiB: 768,
  pageAddress: 0xfeffb000n,
  counter: 'tsc',
  counterId: 1,
  console: 'ttyS0',
  kernelArguments: 'tsc=reliable',
  deviceTree: false,
  notification: undefined,
  deviceMigrates: true,
};

const ARM_MEMORY_MIB = 768;
/** The virt board's RAM starts at 1 GiB; the page is its last. */
const ARM_PAGE = 0x4000_0000n + BigInt(ARM_MEMORY_MIB) * 0x10_0000n - 0x1000n;

/** A page of RAM that the device tree gives to the vmclock driver, with an interrupt the bench raises. */
export const arm64: Arch = {
  name: 'arm64',
  debian: 'arm64',
  nodeCpu: 'arm64',
  kernelPackage: 'linux-image-cloud-arm64',
  qemu: 'qemu-system-aarch64',
  machine: ['-machine', 'virt', '-cpu', 'max'],
  memoryMiB: ARM_MEMORY_MIB,
  pageAddress: ARM_PAGE,
  counter: 'generic timer',
  counterId: 0,
  console: 'ttyAMA0',
  kernelArguments: '',
  deviceTree: true,
  notification: { controller: '/machine/unattached/device[1]', line: 100 },
  deviceMigrates: false,
};

export const ARCHES: readonly Arch[] = [x86, arm64];
