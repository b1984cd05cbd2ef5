import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/daemon/config/settings.js';
import type { DaemonEvent } from '../../../src/daemon/events/daemon-event.js';
import type { EventKind } from '../../../src/daemon/events/event-kind.js';
import { HookRunner } from '../../../src/daemon/hooks/hook-runner.js';
import type { Log } from '../../../src/daemon/log/log.js';
import { nodeTimers } from '../../../src/daemon/node-timers.js';
import type { TimerPort } from '../../../src/daemon/ports.js';

let folder = '';
let logged: string[] = [];
let runner: HookRunner | undefined;
/** Timeouts that are set and have not come: by hand only. The short ones come by themselves. */
let timeouts: (() => void)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmclockd-hooks-'));
  logged = [];
  timeouts = [];
});
afterEach(async () => {
  const stopped = runner?.stop();
  for (const expire of timeouts) expire();
  await stopped;
  rmSync(folder, { recursive: true, force: true });
});

const TIMEOUT_MS = 10_000;
const timers = {
  after(delayMs: number, callback: () => void): () => void {
    if (delayMs !== TIMEOUT_MS) return nodeTimers.after(Math.min(delayMs, 50), callback);
    timeouts.push(callback);
    return () => {
      timeouts = timeouts.filter((one) => one !== callback);
    };
  },
};

function program(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

function start(settings: Partial<Settings>, by: TimerPort = timers): HookRunner {
  const say = (message: string): void => {
    logged.push(message);
  };
  const log: Log = { debug: () => {}, info: say, warn: say, error: say };
  runner = new HookRunner({ settings: { ...DEFAULT_SETTINGS, ...settings }, timers: by, log });
  return runner;
}

function event(kind: EventKind, number = 1, facts: Readonly<Record<string, string>> = {}): DaemonEvent {
  return { kind, number, rawNs: 1n, realtimeNs: 1_790_000_000_123_000_000n, message: 'something\0 happened', facts };
}

/** Waits for something that must come; the test's own time limit is the only one. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}
const saying = (part: string) => () => logged.some((line) => line.includes(part));

describe('HookRunner', () => {
  test('gives a program the event in its environment and nothing of the daemon’s own', async () => {
    const out = join(folder, 'out');
    const hooks = start({ hookDisruption: program('hook', `env | sort > ${out}.new; mv ${out}.new ${out}`) });
    hooks.run(event('disruption', 3, { marker: '8', previous_marker: '7' }));
    await until(() => existsSync(out));
    const shells = /^(PWD|SHLVL|_|OLDPWD)=/;
    expect(
      readFileSync(out, 'utf8')
        .trim()
        .split('\n')
        .filter((line) => !shells.test(line)),
    ).toEqual([
      'LANG=C.UTF-8',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'VMCLOCKD_EVENT=disruption',
      'VMCLOCKD_EVENT_NUMBER=3',
      'VMCLOCKD_EVENT_TIME=2026-09-21T14:13:20.123Z',
      'VMCLOCKD_MARKER=8',
      'VMCLOCKD_MESSAGE=something happened',
      'VMCLOCKD_PREVIOUS_MARKER=7',
    ]);
    await until(saying('has run'));
  });

  test('starts nothing while it is told of an event, and nothing for what has no program', () => {
    const hooks = start({ hookDisruption: program('hook', `touch ${join(folder, 'ran')}`) });
    hooks.run(event('holding'));
    hooks.run(event('disruption'));
    expect(timeouts).toEqual([]);
  });

  test('ends a program that hangs, with all it has started, also where it does not want to', async () => {
    const pids = join(folder, 'pids');
    const hooks = start({
      hookDisruption: program('hook', `trap '' TERM; sh -c "trap '' TERM; sleep 1000" & echo $$ $! > ${pids}; wait`),
    });
    hooks.run(event('disruption'));
    await until(() => existsSync(pids) && readFileSync(pids, 'utf8').trim() !== '');
    expect(timeouts).toHaveLength(1);
    timeouts[0]?.();
    await until(saying('did not end within 10 s and was ended'));
    const gone = (pid: number): boolean =>
      !existsSync(`/proc/${pid}`) || /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const all = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
    expect(all).toHaveLength(2);
    await until(() => all.every(gone));
  });

  test('takes away what a program writes without end, and keeps its last line', async () => {
    const hooks = start({
      hookDisruption: program(
        'hook',
        'head -c 20000000 /dev/zero | tr "\\0" x; echo; printf "the \\033[1m end\\n" >&2; exit 3',
      ),
    });
    hooks.run(event('disruption'));
    await until(saying('exited with 3; it said last: the ?[1m end'));
  });

  test('one of a kind at a time; of those that wait the newest is run, and the others are told of', async () => {
    const [go, out] = [join(folder, 'go'), join(folder, 'out')];
    const hooks = start({
      hookDisruption: program('hook', `echo $VMCLOCKD_EVENT_NUMBER >> ${out}; until [ -e ${go} ]; do sleep 0.01; done`),
    });
    hooks.run(event('disruption', 1));
    await until(() => existsSync(out));
    for (const number of [2, 3, 4]) hooks.run(event('disruption', number));
    await until(() => logged.filter((line) => line.includes('has not been run')).length === 2);
    writeFileSync(go, '');
    await until(() => logged.filter((line) => line.includes('has run')).length === 2);
    expect(readFileSync(out, 'utf8')).toBe('1\n4\n');
  });

  test('no more than four run at once, and all have their turn', async () => {
    const [go, out] = [join(folder, 'go'), join(folder, 'out')];
    const hook = program('hook', `echo $VMCLOCKD_EVENT >> ${out}; until [ -e ${go} ]; do sleep 0.01; done`);
    const hooks = start({
      hookDisruption: hook,
      hookRecovered: hook,
      hookHolding: hook,
      hookFeeding: hook,
      hookReliable: hook,
      hookUnreliable: hook,
    });
    for (const kind of ['disruption', 'recovered', 'holding', 'feeding', 'reliable', 'unreliable'] as const) {
      hooks.run(event(kind));
    }
    await until(() => timeouts.length === 4);
    expect(timeouts).toHaveLength(4);
    writeFileSync(go, '');
    await until(() => logged.filter((line) => line.includes('has run')).length === 6);
  });

  test('a program that cannot be run is told of at the start, and again when it should have run', async () => {
    const path = join(folder, 'hook');
    writeFileSync(path, '#!/nowhere\n', { mode: 0o755 });
    const missing = join(folder, 'missing');
    const hooks = start({ hookDisruption: path, hookRecovered: missing });
    expect(logged).toEqual([expect.stringContaining(`"recovered", ${missing}, cannot be run: ENOENT`)]);
    hooks.run(event('recovered'));
    hooks.run(event('disruption'));
    await until(() => logged.filter((line) => line.includes('cannot be run: ENOENT. Try it')).length === 2);
  });

  test('a reload changes programs, and stop() ends what runs', async () => {
    const ran = join(folder, 'ran');
    const hooks = start({});
    hooks.run(event('disruption'));
    hooks.apply({ ...DEFAULT_SETTINGS, hookDisruption: program('hook', `touch ${ran}; sleep 1000`) });
    hooks.run(event('disruption'));
    await until(() => existsSync(ran));
    await hooks.stop();
    expect(logged.at(-1)).toContain('was ended by SIGTERM');
    hooks.run(event('disruption'));
    expect(timeouts).toEqual([]);
  });

  test('stop() is done also where a program has exited and something it left behind holds its output', async () => {
    const lastWords = 200;
    let exited = false;
    const held: TimerPort = {
      after(delayMs, callback) {
        if (delayMs !== lastWords) return timers.after(delayMs, callback);
        exited = true;
        return () => {};
      },
    };
    const hooks = start({ hookDisruption: program('hook', 'sleep 1000 & exit 0') }, held);
    hooks.run(event('disruption'));
    await until(() => exited);
    await hooks.stop();
    expect(logged).toEqual([expect.stringContaining('has run')]);
  });

  test('stop() may be called twice, and both wait for what runs', async () => {
    const ran = join(folder, 'ran');
    const hooks = start({ hookDisruption: program('hook', `touch ${ran}; exec sleep 1000`) });
    hooks.run(event('disruption'));
    await until(() => existsSync(ran));
    await Promise.all([hooks.stop(), hooks.stop()]);
    expect(logged.at(-1)).toContain('was ended by SIGTERM');
  });
});
