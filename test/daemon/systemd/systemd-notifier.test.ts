import { describe, expect, test } from '@jest/globals';
import type { Log } from '../../../src/daemon/log/log.js';
import { type NotifierPorts, SystemdNotifier } from '../../../src/daemon/systemd/systemd-notifier.js';

/** A notifier whose messages and log lines are kept. */
function harness(environment: Record<string, string>, ports: Partial<NotifierPorts> = {}) {
  const sent: string[] = [];
  const runs: unknown[] = [];
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const notifier = new SystemdNotifier({
    environment,
    pid: 42,
    log,
    send: (bytes, path) => void sent.push(`${path} ${Buffer.from(bytes).toString()}`),
    runNotify: async (options) => void runs.push(options),
    ...ports,
  });
  return { notifier, sent, runs, said };
}

const SYSTEMD = { NOTIFY_SOCKET: '/n', WATCHDOG_USEC: '10000000', WATCHDOG_PID: '42' };

async function sayEverything(notifier: SystemdNotifier): Promise<void> {
  await notifier.ready('up');
  notifier.status('feeding');
  notifier.watchdog();
  notifier.reloading(123n);
  notifier.reloaded();
  notifier.stopping();
}

describe('SystemdNotifier', () => {
  test('starts the systemd-notify program for READY only, and sends the rest as datagrams', async () => {
    const { notifier, sent, runs, said } = harness(SYSTEMD);
    await sayEverything(notifier);
    expect(runs).toEqual([{ ready: true, status: 'up', pid: 42 }]);
    expect(sent).toEqual([
      '/n STATUS=feeding',
      '/n WATCHDOG=1',
      '/n RELOADING=1\nMONOTONIC_USEC=123',
      '/n READY=1',
      '/n STOPPING=1',
    ]);
    expect(said).toEqual([]);
  });

  test.each([{}, { NOTIFY_SOCKET: '' }])('does nothing outside systemd: %j', async (environment) => {
    const { notifier, sent, runs, said } = harness({ WATCHDOG_USEC: '10000000', ...environment });
    await sayEverything(notifier);
    expect([sent, runs, said]).toEqual([[], [], []]);
    expect(notifier.watchdogIntervalMs).toBeUndefined();
  });

  test('sends READY as a datagram where the program is missing', async () => {
    const { notifier, sent, said } = harness(SYSTEMD, {
      runNotify: () => Promise.reject(new Error('spawn systemd-notify ENOENT')),
    });
    await notifier.ready('up');
    expect(sent).toEqual(['/n READY=1\nSTATUS=up\nMAINPID=42']);
    expect(said).toEqual(['systemd cannot be told systemd-notify: spawn systemd-notify ENOENT']);
  });

  test('never throws when nothing can be sent, and complains once per kind', async () => {
    const { notifier, said } = harness(SYSTEMD, {
      send: () => {
        throw new Error('sendto on /n: ECONNREFUSED');
      },
    });
    await sayEverything(notifier);
    await sayEverything(notifier);
    expect(said).toEqual([
      'systemd cannot be told STATUS: sendto on /n: ECONNREFUSED',
      'systemd cannot be told WATCHDOG: sendto on /n: ECONNREFUSED',
      'systemd cannot be told RELOADING: sendto on /n: ECONNREFUSED',
      'systemd cannot be told READY: sendto on /n: ECONNREFUSED',
      'systemd cannot be told STOPPING: sendto on /n: ECONNREFUSED',
    ]);
  });

  test('a newline in a status does not begin another field', async () => {
    const { notifier, sent, runs } = harness(SYSTEMD);
    await notifier.ready('a\nMAINPID=1');
    notifier.status('x\nWATCHDOG=1');
    expect(runs).toEqual([{ ready: true, status: 'a MAINPID=1', pid: 42 }]);
    expect(sent).toEqual(['/n STATUS=x WATCHDOG=1']);
  });

  test('a status given while the program runs is not undone by it', async () => {
    const { notifier, sent } = harness(SYSTEMD);
    const ready = notifier.ready('starting');
    notifier.status('feeding');
    await ready;
    expect(sent).toEqual(['/n STATUS=feeding', '/n STATUS=feeding']);
  });

  test('sends a status only when it changed', () => {
    const { notifier, sent } = harness(SYSTEMD);
    notifier.status('a');
    notifier.status('a');
    notifier.status('b');
    expect(sent).toEqual(['/n STATUS=a', '/n STATUS=b']);
  });

  test('feeds no watchdog where systemd does not watch', () => {
    const { notifier, sent } = harness({ NOTIFY_SOCKET: '/n' });
    notifier.watchdog();
    expect(sent).toEqual([]);
  });

  test('goes without a watchdog that makes no sense, and says so', () => {
    const { notifier, said } = harness({ ...SYSTEMD, WATCHDOG_USEC: 'soon' });
    expect(notifier.watchdogIntervalMs).toBeUndefined();
    expect(said).toEqual([expect.stringContaining('WATCHDOG_USEC is "soon"')]);
  });
});
