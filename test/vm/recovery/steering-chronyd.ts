import type { Guest } from '../guest.js';

/** Starts a chronyd that steers the guest's clock, with these lines and nothing that could weaken or help them. */
export async function startSteeringChronyd(guest: Guest, lines: readonly string[]): Promise<void> {
  const text = [
    ...lines,
    'cmdport 0',
    'bindcmdaddress /run/chrony/chronyd.sock',
    'pidfile /run/chrony/chronyd.pid',
    '',
  ];
  await guest.shell.put('/run/bench/chrony.conf', text.join('\n'));
  await guest.shell.output('install -d -o _chrony -g _chrony -m 0750 /run/chrony /var/lib/chrony; rm -f /run/chrony/*');
  await guest.shell.start('chronyd -d -f /run/bench/chrony.conf', '/run/bench/chronyd.log');
  await guest.shell.output(
    'for i in $(seq 100); do [ -S /run/chrony/chronyd.sock ] && exit 0; sleep 0.1; done; exit 1',
  );
}
