/**
 * `npm run bench`: every benchmark, one after the other, each in a process of its own. The small ones run twice: as Node
 * comes, and without the JIT compiler, as the systemd unit has it. Quote ratios: absolute figures are this machine's.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUNS: readonly (readonly [string, readonly string[]])[] = [
  ['page-look', []],
  ['page-look', ['--jitless']],
  ['ioctl-reading', []],
  ['ioctl-reading', ['--jitless']],
  ['estimator', []],
  ['estimator', ['--jitless']],
  ['noticing', []],
  ['footprint', []],
];

let failed = 0;
for (const [name, flags] of RUNS) {
  console.log(`\n== ${name} ${flags.join(' ')}`.trimEnd());
  const script = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  // Node 20 and 22 say on stderr that WebAssembly is off without a JIT; nothing else is expected there.
  const { status, stderr } = spawnSync(process.execPath, [...flags, script], { stdio: ['ignore', 'inherit', 'pipe'] });
  if (status !== 0) {
    failed += 1;
    process.stderr.write(stderr);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
