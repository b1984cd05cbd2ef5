import { setTimeout as delay } from 'node:timers/promises';
import type { StatusDocument } from '../../../src/daemon/status-document.js';
import { end, FED_BY_US, startChronyd, startVmclockd, statusUntil } from '../guest-programs.js';
import { atLeast, atMost, exactly, type Scenario } from '../scenario.js';
import { quantile } from '../truth.js';
import { trueErrors, WITH_TIME } from './feed.js';

const good = (s: StatusDocument) => s.chronyd?.synchronised === true && s.chronyd.selectsUs && s.sock.failing === '';

/** A real migration: the device itself bumps the marker (on x86), the counter stands meanwhile. */
const migration: Scenario = {
  name: 'restart: a migration, with chronyd steering',
  about: 'product',
  guest: WITH_TIME,
  async run(guest) {
    await startChronyd(guest, FED_BY_US);
    await startVmclockd(guest);
    await statusUntil(guest, 'chronyd synchronised to us', good);
    await delay(4000);
    const outageMs = await guest.migrate();
    const document = await statusUntil(
      guest,
      'recovered',
      (s) => s.disruptions.count > 0 && s.disruptions.last?.synchronisedMs !== null && good(s),
    );
    await delay(10_000);
    const errors = await trueErrors(guest, -37, 5);
    return [
      atLeast('outage', outageMs, 1, 'ms'),
      exactly('disruptions', document.disruptions.count, 1),
      exactly('cause', document.disruptions.last?.cause ?? '', 'marker'),
      exactly('chronyd was told to forget', document.disruptions.last?.resetAnsweredMs === null ? 'no' : 'yes', 'yes'),
      atMost(
        'chronyd synchronised to us again after',
        document.disruptions.last?.synchronisedMs ?? Number.NaN,
        15_000,
        'ms',
      ),
      atMost('true error 10 s later, p99', quantile(errors, 0.99), 1000, 'ns'),
    ];
  },
};

/** Either half of the pair goes away and comes back. */
const halves: Scenario = {
  name: 'restart: chronyd restarted, vmclockd killed, with and without a disruption',
  about: 'product',
  guest: WITH_TIME,
  async run(guest) {
    const chronyd = await startChronyd(guest, FED_BY_US);
    const first = await startVmclockd(guest);
    await statusUntil(guest, 'chronyd synchronised to us', good);
    await end(guest, chronyd);
    const alone = await statusUntil(guest, 'noticed that chronyd is gone', (s) => s.sock.failing !== '');
    await startChronyd(guest, FED_BY_US);
    const fed = await statusUntil(guest, 'the new chronyd synchronised to us', good);
    await end(guest, first, 'KILL');
    const second = await startVmclockd(guest);
    const undisturbed = await statusUntil(guest, 'back after SIGKILL', good);
    await end(guest, second, 'KILL');
    await guest.disrupt({ stepNs: 7_000_000 });
    await startVmclockd(guest);
    const disturbed = await statusUntil(
      guest,
      'noticed what happened while it was down',
      (s) => s.disruptions.count > 0 && good(s),
    );
    return [
      exactly(
        'samples while chronyd was away',
        /^(ENOENT|ECONNREFUSED)$/.test(alone.sock.failing) ? 'dropped' : alone.sock.failing,
        'dropped',
      ),
      exactly('disruptions seen in chronyd’s restart', fed.disruptions.count, 0),
      exactly('disruptions after SIGKILL without one', undisturbed.disruptions.count, 0),
      exactly('after SIGKILL with one', disturbed.disruptions.last?.cause ?? '', 'while the daemon was down'),
    ];
  },
};

/** The unit as shipped. */
const shipped: Scenario = {
  name: 'restart: the systemd unit as shipped',
  about: 'product',
  guest: { page: 'time', systemd: true },
  async run(guest) {
    const { shell } = guest;
    await shell.output(
      'ln -s /opt/vmclockd /usr/lib/vmclockd; cp /opt/vmclockd/systemd/vmclockd.service /etc/systemd/system/; systemctl daemon-reload',
      60_000,
    );
    await startChronyd(guest, FED_BY_US);
    const started = performance.now();
    const start = await shell.run('systemctl start vmclockd', 120_000);
    const startSeconds = (performance.now() - started) / 1000;
    const show = (name: string) => shell.output(`systemctl show -P ${name} vmclockd`, 30_000);
    const state = await show('ActiveState');
    const first = await show('MainPID');
    await statusUntil(guest, 'chronyd synchronised to us', good);
    await shell.output(`kill -STOP ${first}`);
    await shell.run(
      `for i in $(seq 120); do [ "$(systemctl show -P NRestarts vmclockd)" -ge 1 ] && exit 0; sleep 1; done`,
      200_000,
    );
    const restarts = await show('NRestarts');
    const after = await statusUntil(guest, 'back after the watchdog', good);
    return [
      exactly('systemctl start', start.exitCode === 0 ? 'notified ready' : start.stdout.trim(), 'notified ready'),
      atMost('start', startSeconds, 60, 's'),
      exactly('state', state, 'active'),
      exactly('restarts by the watchdog after SIGSTOP', restarts, 1),
      exactly('another process', after.pid === Number(first) ? 'no' : 'yes', 'yes'),
    ];
  },
};

export const restart: readonly Scenario[] = [halves, migration];
export const unit: readonly Scenario[] = [shipped];
