import { setTimeout as delay } from 'node:timers/promises';
import type { StatusDocument } from '../../src/daemon/status-document.js';
import type { Guest } from './guest.js';

/** Each look costs the emulated guest a third of a second of its only processor: rarely, or nothing else gets on. */
const POLL_MS = 1500;
const MAIN = '/opt/vmclockd/build/src/cli/main.js';
/** Node as the shipped unit starts it. */
const NODE = 'node --jitless --v8-pool-size=0 --max-semi-space-size=1 --max-old-space-size=32';
export const VMCLOCKD = `${NODE} ${MAIN}`;
/** Where chronyd's refclock is, or what stands in for it. */
export const SOCK = '/run/chrony.vmclockd.sock';

/** Lines of chrony.conf that make it listen to vmclockd: those the product ships. */
export const FED_BY_US = 'include /opt/vmclockd/config/chrony/vmclockd.conf';

/** Starts a chronyd that steers the guest's clock. Returns its process id. */
export async function startChronyd(guest: Guest, source: string): Promise<number> {
  await guest.shell.put(
    '/run/bench/chrony.conf',
    [
      source,
      'makestep 0.1 -1',
      'cmdport 0',
      'bindcmdaddress /run/chrony/chronyd.sock',
      'pidfile /run/chrony/chronyd.pid',
      '',
    ].join('\n'),
  );
  await guest.shell.output('install -d -o _chrony -g _chrony -m 0750 /run/chrony /var/lib/chrony; rm -f /run/chrony/*');
  const id = await guest.shell.start('chronyd -d -f /run/bench/chrony.conf', '/run/bench/chronyd.log');
  await guest.shell.output(
    'for i in $(seq 300); do [ -S /run/chrony/chronyd.sock ] && exit 0; sleep 0.1; done; exit 1',
  );
  return id;
}

/** Ends everything that was started here, and forgets what it left behind. */
export async function tidy(guest: Guest): Promise<void> {
  await guest.shell.output(
    `pkill -KILL -f '/opt/[v]mclockd/|/opt/[b]ench/.*[.]py'; pkill -KILL chronyd
    rm -rf /run/bench/* /run/vmclockd /run/chrony/* /var/lib/vmclockd/* /var/lib/chrony/* ${SOCK}; sleep 0.3`,
  );
}

/** Starts something that takes the datagrams in chronyd's place and writes them down. */
export async function startRecorder(guest: Guest, flags = ''): Promise<void> {
  await stopRecorder(guest);
  await guest.shell.start(`python3 -u /opt/bench/sock-recorder.py ${SOCK} ${flags}`, '/run/bench/sock.txt');
  await guest.shell.output(`for i in $(seq 300); do [ -S ${SOCK} ] && exit 0; sleep 0.1; done; exit 1`);
}

export async function stopRecorder(guest: Guest): Promise<void> {
  await guest.shell.output(`pkill -f [s]ock-recorder.py; rm -f ${SOCK}; sleep 0.3`);
}

/** Waits until the recorder has so many. */
export async function samplesAtLeast(guest: Guest, count: number): Promise<void> {
  await guest.shell.output(
    `for i in $(seq 300); do [ $(grep -c 534f434b /run/bench/sock.txt) -ge ${count} ] && exit 0; sleep 0.3; done; exit 1`,
    120_000,
  );
}

/** Starts the daemon. Returns its process id. */
export async function startVmclockd(guest: Guest, flags = ''): Promise<number> {
  await guest.shell.output('mkdir -p /run/vmclockd /var/lib/vmclockd');
  return guest.shell.start(`${VMCLOCKD} run --sock ${SOCK} --log-format json ${flags}`, '/run/bench/vmclockd.log');
}

/** What the daemon says of itself; undefined while it does not answer. */
export async function status(guest: Guest): Promise<StatusDocument | undefined> {
  const { stdout, exitCode } = await guest.shell.run('python3 /opt/bench/status.py 2>/dev/null');
  if (exitCode !== 0 || stdout.trim() === '') return undefined;
  // The daemon's own document: a scenario that meets another shape must fail, and does at its first use.
  const document: StatusDocument = JSON.parse(stdout);
  return document;
}

/** Waits until the daemon's status is as wanted. @throws Error with the last status when it does not become so. */
export async function statusUntil(
  guest: Guest,
  what: string,
  wanted: (document: StatusDocument) => boolean,
  timeoutMs = 90_000,
): Promise<StatusDocument> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const document = await status(guest);
    if (document !== undefined && wanted(document)) return document;
    if (performance.now() > deadline) {
      throw new Error(`not within ${timeoutMs / 1000} s: ${what}; the last status was\n${JSON.stringify(document)}`);
    }
    await delay(POLL_MS);
  }
}

/** Ends a process started here, and waits until it is gone. */
export async function end(guest: Guest, id: number, signal: 'TERM' | 'KILL' = 'TERM'): Promise<void> {
  await guest.shell.output(
    `kill -${signal} ${id}; for i in $(seq 300); do [ -d /proc/${id} ] || exit 0; sleep 0.1; done; exit 1`,
  );
}

/** CPU time a process has used, s. */
export async function cpuSeconds(guest: Guest, id: number): Promise<number> {
  return Number(await guest.shell.output(`awk '{print $14 + $15}' /proc/${id}/stat`)) / 100;
}
