import { cpSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Arch } from './arch.js';
import { cachedStep } from './cached-step.js';
import { cacheFolder } from './folders.js';
import { PrivateApt, unpackPackages } from './private-apt.js';

const PACKAGE = 'ntpd-rs';
const PROGRAMS = ['ntp-daemon', 'ntp-ctl'];

/**
 * Debian's ntpd-rs for the guest, as a folder of its programs: it needs nothing that the guest's root has not, and so it
 * rides on the product's disk rather than having the root made anew.
 */
export async function prepareNtpdRs(arch: Arch): Promise<string> {
  const output = join(cacheFolder, `${PACKAGE}-${arch.debian}`);
  await cachedStep({
    what: `${PACKAGE} for ${arch.name}`,
    output,
    inputs: { PACKAGE, PROGRAMS },
    async build(temporary) {
      const apt = new PrivateApt(arch.debian);
      await apt.update();
      // What it depends on is in the guest's root already.
      const files = (await apt.download([PACKAGE])).filter((file) => basename(file).startsWith(`${PACKAGE}_`));
      const unpacked = `${temporary}.unpacked`;
      rmSync(unpacked, { recursive: true, force: true });
      await unpackPackages(files, unpacked);
      for (const program of PROGRAMS) cpSync(join(unpacked, 'usr/bin', program), join(temporary, program));
      rmSync(unpacked, { recursive: true, force: true });
    },
  });
  return output;
}
