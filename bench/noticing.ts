/**
 * From the change of the page to the moment when chronyd is told to forget: the daemon with the flags of the systemd unit,
 * looking every 20 ms, and a stand-in for chronyd that takes the time. Takes about a minute.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { markerOnlyPage } from '../src/sim/virtual-page.js';
import { VmclockPageFile } from '../src/sim/vmclock-page-file.js';
import { CANDM_COMMANDS } from '../src/sock/candm-command.js';
import { ChronydStandIn, reply } from '../test/sock/chronyd-stand-in.js';

const UNIT_FLAGS = ['--lite-mode', '--v8-pool-size=0', '--max-semi-space-size=1', '--max-old-space-size=32'];
const DISRUPTIONS = 200;
const WARM_UP_MS = 3000;

const directory = mkdtempSync(join(tmpdir(), 'vmclockd-noticing-'));
const path = (name: string) => join(directory, name);
const page = new VmclockPageFile(path('vmclock0'), markerOnlyPage(undefined));
const chronyd = new ChronydStandIn(path('chronyd.sock'));
const config = path('vmclockd.toml');
const settings = {
  vmclock: 'vmclock0',
  chronyd: 'chronyd.sock',
  status_socket: 'status.sock',
  state_file: 'state.json',
};
const lines = Object.entries(settings).map(([key, name]) => `${key} = ${JSON.stringify(path(name))}\n`);
writeFileSync(config, `${lines.join('')}sock = ${JSON.stringify(path('refclock.sock'))}\n`);
const daemon = spawn(
  process.execPath,
  [...UNIT_FLAGS, fileURLToPath(new URL('../test/support/stand-in-daemon.js', import.meta.url)), config],
  { stdio: 'ignore' },
);
try {
  await serve(WARM_UP_MS);
  const told: number[] = [];
  for (let i = 0; i < DISRUPTIONS; i += 1) {
    await serve(100 + 100 * Math.random());
    const began = process.hrtime.bigint();
    page.update({ disruptionMarker: page.page.disruptionMarker + 1n });
    // Nothing in between that could take the time away from the measurement: it spins.
    while (!answered().includes(CANDM_COMMANDS.resetSources.number)) {
      if (process.hrtime.bigint() - began > 2_000_000_000n) throw new Error('no reset within 2 s');
    }
    told.push(Number(process.hrtime.bigint() - began) / 1e6);
  }
  told.sort((a, b) => a - b);
  const at = (share: number) =>
    (told[Math.min(told.length - 1, Math.floor(share * told.length))] ?? Number.NaN).toFixed(1);
  console.log(`page written to "reset sources" at chronyd, ${DISRUPTIONS} disruptions, looking every 20 ms:`);
  console.log(`  median ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`);
} finally {
  daemon.kill();
  chronyd.close();
  page.close();
  rmSync(directory, { recursive: true, force: true });
}

/** Answers "done" to all that has been asked. @returns the commands. */
function answered(): number[] {
  return chronyd.take().map((request) => {
    chronyd.send(reply(request, CANDM_COMMANDS.resetSources.replyCode), path(`vmclockd.${daemon.pid}.sock`));
    return request.command;
  });
}

async function serve(milliseconds: number): Promise<void> {
  for (const until = performance.now() + milliseconds; performance.now() < until; await sleep(5)) answered();
}
