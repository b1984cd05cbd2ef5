import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EmbeddedReceiver } from '../../src/sim/embedded-receiver.js';
import { markerOnlyPage } from '../../src/sim/virtual-page.js';
import { VmclockPageFile } from '../../src/sim/vmclock-page-file.js';
import { DatagramReceiver } from '../support/datagram-receiver.js';

const DAEMON = fileURLToPath(new URL('../support/stand-in-daemon.js', import.meta.url));
const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** A program under test, and what it has said. */
class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output = '';

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const collect = (chunk: Buffer): void => {
      this.output += chunk.toString();
    };
    this.child.stdout?.on('data', collect);
    this.child.stderr?.on('data', collect);
    this.ended = new Promise((resolve) => this.child.once('close', (code) => resolve(code)));
  }

  /** Waits until it has said so; there is no limit but the test's own. */
  async says(what: string | RegExp): Promise<void> {
    while (!(typeof what === 'string' ? this.output.includes(what) : what.test(this.output))) {
      if (this.child.exitCode !== null) throw new Error(`it ended without saying ${what}:\n${this.output}`);
      await sleep(10);
    }
  }
}

let directory: string;
let page: VmclockPageFile;
let receiver: EmbeddedReceiver;
let programs: Program[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-test-'));
  page = new VmclockPageFile(join(directory, 'vmclock0'), markerOnlyPage(7n));
  receiver = new EmbeddedReceiver(join(directory, 'refclock.sock'));
  programs = [];
});

afterEach(async () => {
  for (const { child } of programs) child.kill('SIGKILL');
  await Promise.all(programs.map(({ ended }) => ended));
  page.close();
  receiver.close();
  rmSync(directory, { recursive: true, force: true });
});

function writeConfig(lines: Readonly<Record<string, string>> = {}): string {
  const file = join(directory, 'vmclockd.toml');
  const settings = {
    vmclock: join(directory, 'vmclock0'),
    sock: join(directory, 'refclock.sock'),
    chronyd: 'none',
    status_socket: join(directory, 'status.sock'),
    state_file: join(directory, 'state.json'),
    ...lines,
  };
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
      .join(''),
  );
  return file;
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const program = new Program(args, env);
  programs.push(program);
  return program;
}

/** A daemon that feeds. */
async function feeding(env: NodeJS.ProcessEnv = {}): Promise<Program> {
  const daemon = start([DAEMON, writeConfig()], env);
  await daemon.says('feeding chronyd');
  return daemon;
}

const statusArgs = (...more: string[]) => [MAIN, 'status', '--socket', join(directory, 'status.sock'), ...more];

describe('the daemon as a process', () => {
  test('feeds its socket, tells its status, and ends with 0 on SIGTERM leaving no socket', async () => {
    const daemon = await feeding();
    const status = start(statusArgs('--json'));
    await status.ended;
    expect(JSON.parse(status.output)).toMatchObject({
      schema: 1,
      pid: daemon.child.pid,
      state: { name: 'feeding' },
      phc: { method: 'BASIC', timescale: 'UTC', shiftSeconds: 0 },
      vmclock: { marker: '1', generation: '7', watching: 'look' },
      disruptions: { count: 0 },
    });
    receiver.drain();
    expect(receiver.received).toBeGreaterThan(0);
    expect(receiver.malformed).toBe(0);
    daemon.child.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
    expect(existsSync(join(directory, 'status.sock'))).toBe(false);
  });

  test('a marker that changes is one clear line in the log, and is remembered in the state file', async () => {
    const daemon = await feeding();
    page.update({ disruptionMarker: 2n });
    await daemon.says('the clock was disrupted: the disruption marker changed: probably a live migration');
    daemon.child.kill('SIGTERM');
    await daemon.ended;
    expect(JSON.parse(readFileSync(join(directory, 'state.json'), 'utf8'))).toMatchObject({
      marker: '2',
      generation: '7',
    });
  });

  test('a marker that changed while it was down is noticed at the next start', async () => {
    const first = await feeding();
    first.child.kill('SIGKILL');
    await first.ended;
    page.update({ disruptionMarker: 5n });
    const second = start([DAEMON, writeConfig()]);
    await second.says('the vmclock page changed while the daemon was down');
  });

  test('SIGHUP with a broken configuration reports it and changes nothing; with a good one it applies it', async () => {
    const daemon = await feeding();
    writeFileSync(join(directory, 'vmclockd.toml'), 'look_interval_ms = "often"\n');
    daemon.child.kill('SIGHUP');
    await daemon.says('not loaded: ');
    expect(daemon.output).toContain('look_interval_ms');
    writeConfig({ recovery: 'feed-only', phc: '/dev/ptp9' });
    daemon.child.kill('SIGHUP');
    await daemon.says(/reloaded: .*recovery/);
    expect(daemon.output).toMatch(/need a restart.*phc/);
    expect(daemon.child.exitCode).toBeNull();
  });

  test('a second daemon on the same status socket ends with 1, names it, and leaves the first alone', async () => {
    const first = await feeding();
    const second = start([DAEMON, writeConfig()]);
    expect(await second.ended).toBe(1);
    expect(second.output).toContain(join(directory, 'status.sock'));
    const status = start(statusArgs('--json'));
    await status.ended;
    expect(JSON.parse(status.output)).toMatchObject({ pid: first.child.pid });
  });

  test('a garbage state file is reported and started without', async () => {
    writeFileSync(join(directory, 'state.json'), '\u0000\u0001 nothing of ours');
    const daemon = await feeding();
    expect(daemon.output).toContain('state.json');
  });

  test('a page with the wrong magic ends it with 1 and says what it found', async () => {
    writeFileSync(join(directory, 'other'), Buffer.alloc(4096, 0x20));
    const daemon = start([DAEMON, writeConfig({ vmclock: join(directory, 'other') })]);
    expect(await daemon.ended).toBe(1);
    expect(daemon.output).toMatch(/magic 0x20202020/);
  });

  test('a missing SOCK path is reported once with the line for chrony.conf, and waited for', async () => {
    const path = join(directory, 'later.sock');
    const daemon = start([DAEMON, writeConfig({ sock: path })]);
    await daemon.says('ENOENT');
    expect(daemon.output).toContain(`refclock SOCK ${path} refid VMCK`);
    const later = new EmbeddedReceiver(path);
    await daemon.says('takes samples again');
    later.close();
    expect(daemon.output.split('holding: cannot feed').length - 1).toBe(1);
  });

  test('with log.format = "phc2sys" each sample is a line of phc2sys’s', async () => {
    const daemon = start([DAEMON, writeConfig({ 'log.format': 'phc2sys' })]);
    await daemon.says(/(^phc2sys\[\d+\.\d{3}\]: CLOCK_REALTIME phc offset +-\d{6,7} s0 freq .{7} delay .{6}\n){3}/m);
  });

  test('waitsync does not wait for a daemon that will never know', async () => {
    await feeding();
    const waiting = start([MAIN, 'waitsync', '--socket', join(directory, 'status.sock')]);
    expect(await waiting.ended).toBe(2);
    expect(waiting.output).toContain('waiting does not help: the daemon runs with chronyd = "none"');
  });

  test('tells systemd READY, WATCHDOG and STOPPING', async () => {
    const notify = new DatagramReceiver(join(directory, 'notify.sock'));
    const env = { NOTIFY_SOCKET: join(directory, 'notify.sock'), WATCHDOG_USEC: '200000' };
    const daemon = start([DAEMON, writeConfig()], env);
    await notify.gets('READY=1');
    await notify.gets('WATCHDOG=1');
    daemon.child.kill('SIGTERM');
    await notify.gets('STOPPING=1');
    expect(await daemon.ended).toBe(0);
    notify.close();
  });
});

describe('vmclockd monitor', () => {
  test('with a device that is not there ends with 1 and says so as phc2sys would', async () => {
    const monitor = start([MAIN, 'monitor', '/dev/ptp_missing', '-O', '-37', '-u', '4']);
    expect(await monitor.ended).toBe(1);
    expect(monitor.output).toMatch(/^phc2sys\[\d+\.\d{3}\]: .*\/dev\/ptp_missing.*ENOENT/);
  });
});

describe('vmclockd run', () => {
  test('with a device that is not there ends with 1 and says what to do', async () => {
    const run = start([MAIN, 'run', '--phc', '/dev/ptp_kvm_missing', '--log-format', 'json']);
    expect(await run.ended).toBe(1);
    expect(run.output).toContain('ENOENT');
    expect(run.output).toContain('vmclockd probe');
  });

  test('with a wrong configuration ends with 2 and reports every mistake', async () => {
    const file = join(directory, 'bad.toml');
    writeFileSync(file, 'phcc = "auto"\nlook_interval_ms = 0\n[log]\nlevel = "loud"\n');
    const run = start([MAIN, 'run', '--config', file]);
    expect(await run.ended).toBe(2);
    for (const key of ['phcc', 'look_interval_ms', 'log.level']) expect(run.output).toContain(key);
  });
});
