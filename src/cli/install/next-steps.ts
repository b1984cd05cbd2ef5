import type { ChronyLayout } from './installed-files.js';

/** What is left to the administrator, as commands with their reasons. */
export function nextSteps(chrony: ChronyLayout, prefix: string): string {
  const commands: (readonly [command: string, why: string])[] = [
    ['systemctl daemon-reload', 'systemd reads the unit'],
    [`systemd-sysusers ${prefix}/lib/sysusers.d/vmclockd.conf`, 'the group that may read /dev/vmclock0'],
    ['udevadm control --reload && udevadm trigger', 'mode and names of the devices'],
  ];
  const service = chrony === 'conf.d' ? 'chrony' : 'chronyd';
  if (chrony !== 'none') commands.push([`systemctl restart ${service}`, 'chronyd makes the socket that is fed']);
  commands.push(
    ['systemctl enable --now vmclockd', 'now, and at every start'],
    ['vmclockd status', 'is the clock right?'],
  );
  const width = Math.max(...commands.map(([command]) => command.length));
  const lines = commands.map(([command, why]) => `  ${command.padEnd(width)}   # ${why}`);
  const missing =
    chrony === 'none' ? ['chrony was not found: install it, then run `vmclockd install` again for its line.'] : [];
  return ['Next, as root:', ...lines, ...missing].join('\n');
}
