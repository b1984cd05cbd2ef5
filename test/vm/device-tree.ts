import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arch } from './arch.js';
import { cachedStep } from './cached-step.js';
import { cacheFolder } from './folders.js';
import { runCommand } from './run-command.js';
import { tool } from './toolchain.js';

/**
 * The board's own device tree plus a vmclock node: a page of RAM that the kernel must leave alone, and an interrupt
 * line. This is how a hypervisor without ACPI tells the guest of the device.
 * @returns the compiled tree, or undefined for a board that needs none.
 */
export async function prepareDeviceTree(arch: Arch): Promise<string | undefined> {
  if (!arch.deviceTree) return undefined;
  const output = join(cacheFolder, `vmclock-${arch.debian}.dtb`);
  const nodes = vmclockNodes(arch);
  await cachedStep({
    what: `${arch.name} device tree`,
    output,
    inputs: { nodes, machine: arch.machine, memory: arch.memoryMiB },
    async build(temporary) {
      const board = `${temporary}.board`;
      const [option, machine = '', ...others] = arch.machine;
      await runCommand([
        ...[...tool(arch.qemu), option ?? '-machine', `${machine},dumpdtb=${board}`, ...others],
        ...['-m', String(arch.memoryMiB), '-nodefaults', '-display', 'none', '-accel', 'tcg'],
      ]);
      const source = await runCommand([...tool('dtc'), '-q', '-I', 'dtb', '-O', 'dts', board]);
      const end = source.lastIndexOf('};');
      writeFileSync(`${temporary}.dts`, `${source.slice(0, end)}${nodes}};\n`);
      await runCommand([...tool('dtc'), '-q', '-I', 'dts', '-O', 'dtb', '-o', temporary, `${temporary}.dts`]);
    },
  });
  return output;
}

function vmclockNodes(arch: Arch): string {
  const page = arch.pageAddress.toString(16);
  const reg = `<0x0 0x${page} 0x0 0x1000>`;
  // A shared peripheral interrupt, edge triggered: the driver asks for one edge per update.
  const line = arch.notification?.line ?? 0;
  return `
	reserved-memory {
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		vmclock@${page} { reg = ${reg}; no-map; };
	};
	ptp@${page} {
		compatible = "amazon,vmclock";
		reg = ${reg};
		interrupts = <0 ${line} 1>;
	};
`;
}
