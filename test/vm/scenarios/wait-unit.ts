import { FED_BY_US, startChronyd } from '../guest-programs.js';
import { exactly, type Scenario, told } from '../scenario.js';

/** The unit that holds up time-sync.target, as shipped. */
const holdsUp: Scenario = {
  name: 'waitsync: the unit holds up time-sync.target',
  about: 'product',
  guest: { page: 'time', systemd: true },
  async run(guest) {
    const { shell } = guest;
    await shell.output(
      'ln -s /opt/vmclockd /usr/lib/vmclockd; cp /opt/vmclockd/systemd/vmclockd*.service /etc/systemd/system/; systemctl daemon-reload',
      60_000,
    );
    const active = async (unit: string) => (await shell.run(`systemctl is-active ${unit}`, 30_000)).stdout.trim();
    await shell.output('systemctl start --no-block vmclockd-wait', 60_000);
    await shell.output(
      'for i in $(seq 90); do [ "$(systemctl is-active vmclockd)" = active ] && exit 0; sleep 1; done; exit 1',
      150_000,
    );
    await shell.output('sleep 8');
    const before = [await active('vmclockd-wait'), await active('time-sync.target')];
    await startChronyd(guest, FED_BY_US);
    await shell.run(
      'for i in $(seq 90); do [ "$(systemctl is-active time-sync.target)" = active ] && exit 0; sleep 1; done; exit 1',
      150_000,
    );
    const after = [await active('vmclockd-wait'), await active('time-sync.target')];
    const result = await shell.output('systemctl show -P Result vmclockd-wait', 30_000);
    const said = await shell.output('journalctl -q -o cat -u vmclockd-wait | tail -n 4 | cut -c1-250', 30_000);
    return [
      exactly('without chronyd: wait, target', before.join(', '), 'activating, inactive'),
      exactly('when chronyd follows: wait, target', after.join(', '), 'active, active'),
      exactly('result', result, 'success'),
      told('journal', said.replace(/\n/g, ' | ')),
    ];
  },
};

export const waitUnit: readonly Scenario[] = [holdsUp];
