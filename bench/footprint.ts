/**
 * CPU and memory of the daemon in steady state, with the flags of the systemd unit, next to an empty Node process with
 * the same flags. A real chronyd (-x) is fed at the default rate. Takes about 2 minutes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureChronyd } from '../src/cli/find-chronyd.js';
import { PrivateChronyd } from '../src/cli/private-chronyd.js';
import { markerOnlyPage } from '../src/sim/virtual-page.js';
import { VmclockPageFile } from '../src/sim/vmclock-page-file.js';

const UNIT_FLAGS = ['--lite-mode', '--v8-pool-size=0', '--max-semi-space-size=1', '--max-old-space-size=32'];
/** chronyd follows after some 4 s, the slow rate begins 5 s later. */
const WARM_UP_S = 20;
const MEASURED_S = 60;

interface Footprint {
  readonly cpuPercent: number;
  readonly rssMib: number;
  readonly threads: number;
}

const chronydFound = await ensureChronyd({ fetch: true, log: (line) => console.error(line) });
if (chronydFound === undefined) throw new Error('this benchmark needs a chronyd');
const chronyd = new PrivateChronyd(chronydFound, 'refid VMCK poll -3 filter 16 precision 1e-9');
await chronyd.start();
const directory = mkdtempSync(join(tmpdir(), 'vmclockd-footprint-'));
const inDirectory = (name: string) => JSON.stringify(join(directory, name));
new VmclockPageFile(join(directory, 'vmclock0'), markerOnlyPage(undefined)).close();
const config = join(directory, 'vmclockd.toml');
writeFileSync(
  config,
  `vmclock = ${inDirectory('vmclock0')}
sock = ${JSON.stringify(chronyd.sock)}
chronyd = ${JSON.stringify(chronyd.command)}
status_socket = ${inDirectory('status.sock')}
state_file = ${inDirectory('state.json')}
`,
);
const children: ChildProcess[] = [];
try {
  const empty = start(UNIT_FLAGS, ['-e', 'setInterval(() => {}, 2 ** 30)']);
  const emptyWithJit = start([], ['-e', 'setInterval(() => {}, 2 ** 30)']);
  const daemon = start(UNIT_FLAGS, [
    fileURLToPath(new URL('../test/support/stand-in-daemon.js', import.meta.url)),
    config,
  ]);
  await sleep(WARM_UP_S * 1000);
  const [emptyPrint, jitPrint, daemonPrint] = await Promise.all([empty, emptyWithJit, daemon].map(measure));
  console.log(`node ${process.version}, chronyd ${chronyd.version}, ${MEASURED_S} s in steady state`);
  console.log('                             CPU of a core       RSS   threads');
  row('empty node, plain', jitPrint);
  row("empty node, the unit's flags", emptyPrint);
  row("vmclockd, the unit's flags", daemonPrint);
  if (daemonPrint !== undefined && emptyPrint !== undefined && jitPrint !== undefined) {
    const ratio = (daemonPrint.rssMib / emptyPrint.rssMib).toFixed(2);
    const plain = (daemonPrint.rssMib / jitPrint.rssMib).toFixed(2);
    console.log(`memory: ${ratio} x the empty process with the same flags, ${plain} x the plain one`);
  }
} finally {
  for (const child of children) child.kill();
  await chronyd.dispose();
  rmSync(directory, { recursive: true, force: true });
}

function start(flags: readonly string[], args: readonly string[]): number {
  const child = spawn(process.execPath, [...flags, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  children.push(child);
  if (child.pid === undefined) throw new Error('cannot start node');
  return child.pid;
}

async function measure(pid: number): Promise<Footprint> {
  const before = cpuNs(pid);
  const began = process.hrtime.bigint();
  await sleep(MEASURED_S * 1000);
  const cpuPercent = (100 * (cpuNs(pid) - before)) / Number(process.hrtime.bigint() - began);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const number = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { cpuPercent, rssMib: number('VmRSS') / 1024, threads: number('Threads') };
}

/** Time on a CPU of all threads of a process, ns. */
function cpuNs(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks
    .map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]))
    .reduce((sum, ns) => sum + ns, 0);
}

function row(name: string, print: Footprint | undefined): void {
  if (print === undefined) return;
  const cells = [`${print.cpuPercent.toFixed(2)} %`.padStart(13), `${print.rssMib.toFixed(1)} MiB`.padStart(12)];
  console.log(`${name.padEnd(29)}${cells.join('')}${`${print.threads}`.padStart(8)}`);
}
