/**
 * What a look at the vmclock page costs. Run `node build/bench/page-look.js`, and with `--jitless`, which is what the systemd unit's `--lite-mode` comes to.
 * The page is a regular file; a device's costs the same to look at once mapped, and one read instead of two.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mapReadOnly } from '../src/ioctl/libc.js';
import { SystemError } from '../src/ioctl/system-error.js';
import { VmclockDevice } from '../src/ioctl/vmclock-device.js';
import { type VmclockKernel, vmclockKernel } from '../src/ioctl/vmclock-kernel.js';
import { VmclockFlag, type VmclockPage } from '../src/ioctl/vmclock-page.js';
import { VmclockSeqlock } from '../src/ioctl/vmclock-seqlock.js';
import { VmclockPageFile } from '../src/sim/vmclock-page-file.js';

const ROUNDS = 7;
const ROUND_NS = 60_000_000;

const PAGE: VmclockPage = {
  sizeBytes: 4096,
  version: 1,
  counterId: 1,
  timeType: 1,
  seqCount: 2,
  disruptionMarker: 1n,
  flags: VmclockFlag.VM_GEN_COUNTER_PRESENT,
  clockStatus: 2,
  leapSecondSmearingHint: 0,
  taiOffsetSec: 37,
  leapIndicator: 0,
  counterPeriodShift: 28,
  counterValue: 1n << 60n,
  counterPeriodFracSec: (1n << 92n) / 2_600_000_000n,
  counterPeriodEsterrorRateFracSec: 0n,
  counterPeriodMaxerrorRateFracSec: 0n,
  timeSec: 1_800_000_000n,
  timeFracSec: 1n << 63n,
  timeEsterrorNs: 0n,
  timeMaxerrorNs: 0n,
  vmGenerationCounter: 1n,
};

const UNMAPPABLE: VmclockKernel = {
  ...vmclockKernel,
  mapReadOnly(_fd, _lengthBytes, path) {
    throw new SystemError('mmap', 19, path);
  },
};

/** Runs `operation` in warm rounds; ns per call of the fastest and of the middle round. */
function measure(operation: () => unknown): { readonly best: number; readonly median: number } {
  let calls = 64;
  while (timed(operation, calls) < ROUND_NS) calls *= 2;
  const rounds = Array.from({ length: ROUNDS }, () => timed(operation, calls) / calls).sort((a, b) => a - b);
  return { best: rounds[0] ?? Number.NaN, median: rounds[ROUNDS >> 1] ?? Number.NaN };
}

let sink: unknown;

function timed(operation: () => unknown, calls: number): number {
  const started = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) sink = operation();
  return Number(process.hrtime.bigint() - started);
}

function row(name: string, operation: () => unknown): void {
  const { best, median } = measure(operation);
  console.log(`${name.padEnd(44)} ${best.toFixed(1).padStart(9)} ${median.toFixed(1).padStart(9)}`);
}

const directory = mkdtempSync(join(tmpdir(), 'vmclockd-bench-'));
try {
  const file = new VmclockPageFile(join(directory, 'vmclock0'), PAGE);
  const mapped = VmclockDevice.open(file.path);
  const read = VmclockDevice.open(file.path, UNMAPPABLE);
  const readAsDevice = VmclockDevice.open(file.path, { ...UNMAPPABLE, fileBytes: () => undefined });
  const fd = vmclockKernel.open(file.path);
  const mapping = mapReadOnly(fd, 4096, file.path);
  const seqlock = new VmclockSeqlock(mapping.buffer, file.path);

  console.log(`node ${process.version} ${process.arch} ${process.execArgv.join(' ')}`);
  console.log(`${'ns per call'.padEnd(44)} ${'best'.padStart(9)} ${'median'.padStart(9)}`);
  row('empty loop', () => undefined);
  row('look, mapped, unchanged page', () => mapped.look());
  row('snapshot, mapped (what a change costs)', () => seqlock.snapshot());
  row('look, pread of a device, unchanged page', () => readAsDevice.look());
  row('look, pread of a regular file, unchanged page', () => read.look());
  if (sink === undefined) throw new Error('the last look gave nothing');

  mapping.unmap();
  vmclockKernel.close(fd);
  for (const device of [mapped, read, readAsDevice]) device.close();
  file.close();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
