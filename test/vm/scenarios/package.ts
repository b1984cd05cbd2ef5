import type { StatusDocument } from '../../../src/daemon/status-document.js';
import type { Guest } from '../guest.js';
import { status, statusUntil } from '../guest-programs.js';
import { atMost, exactly, type Figure, forComparison, type Scenario, told } from '../scenario.js';

/** The emulated guest takes seconds to start a program as large as Node or Perl. */
const SLOW_MS = 180_000;
const PROFILE = '/etc/apparmor.d/usr.sbin.chronyd';
const good = (s: StatusDocument) => s.chronyd?.synchronised === true && s.chronyd.selectsUs && s.sock.failing === '';

/** Every file of the system with its mode, owner and, for configuration, its sum; dpkg's own records and chrony's changing files apart. */
const LISTING = `{ find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /opt -o -path /root \\) -prune \\
    -o \\( -path /run -o -path /var/lib/dpkg -o -path /var/cache -o -path /var/log -o -path /var/lib/chrony -o -path '/var/tmp/systemd-private-*-chrony.service-*' -o -name __pycache__ \\) -prune \\
    -o -printf '%p %M %u %l\\n'; ls -l /dev/vmclock0 | cut -d' ' -f1,3,4; ls /dev | grep -i ptp; find /run -name '*vmclockd*' -o -name '*VMCK*'
    find /etc /var/lib/dpkg/info -type f | grep -v '/var/lib/dpkg/info/vmclockd[.]' | xargs md5sum; } | sort`;

async function chronydProfile(guest: Guest): Promise<string> {
  return guest.shell.output('cat /proc/$(pgrep -o -x chronyd)/attr/current');
}

/** As an administrator would: a Debian with its own chrony, confined by AppArmor; our package; and away with it. */
const installed: Scenario = {
  name: 'package: installed beside Debian’s chrony, and removed without a trace',
  about: 'product',
  guest: { page: 'time', systemd: true, debian: true },
  async run(guest) {
    const { shell } = guest;
    await shell.output(`apparmor_parser --replace ${PROFILE} && systemctl restart chrony`, SLOW_MS);
    const confined = await chronydProfile(guest);
    await shell.output(`${LISTING} >/run/bench/before`, SLOW_MS);

    const started = performance.now();
    await shell.output('dpkg -i /opt/packages/vmclockd.deb', SLOW_MS);
    const installSeconds = (performance.now() - started) / 1000;
    await statusUntil(guest, 'chronyd synchronised to us', good, SLOW_MS);
    const trusted = await shell.run('NO_COLOR=1 vmclockd status', SLOW_MS);
    const seconds = (performance.now() - started) / 1000;
    const figures: Figure[] = [
      exactly('AppArmor, before', confined, '/usr/sbin/chronyd (enforce)'),
      forComparison('dpkg -i', installSeconds, 's'),
      forComparison('from dpkg -i to vmclockd status', seconds, 's'),
      exactly('vmclockd status, exit code', trusted.exitCode, 0),
      told('it says', trusted.stdout.trim().split('\n')[0] ?? ''),
      exactly('chronyc sources', await shell.output("chronyc -n sources | grep -o '^#[*].VMCK'"), '#* VMCK'),
      exactly('AppArmor, chronyd restarted', await chronydProfile(guest), '/usr/sbin/chronyd (enforce)'),
      ...(await sandbox(guest)),
    ];
    await guest.disrupt({ stepNs: 10_000_000, ppm: 40 });
    const { disruptions } = await statusUntil(
      guest,
      'recovered',
      (s) => s.disruptions.last?.synchronisedMs != null && good(s),
      SLOW_MS,
    );
    figures.push(
      exactly('disruptions', disruptions.count, 1),
      exactly('chronyd was told to forget', disruptions.last?.resetAnsweredMs === null ? 'no' : 'yes', 'yes'),
    );
    figures.push(...(await byGroup(guest)));
    const denials = () => shell.output('dmesg | grep -c apparmor=.DENIED || true');
    figures.push(exactly('refused by AppArmor', await denials(), 0));

    const warnings = await shell.output('journalctl -b -u vmclockd -p warning -o cat', SLOW_MS);
    figures.push(told('warnings in the journal', warnings.replace(/\n/g, ' | ') || 'none'));

    await shell.output('dpkg --purge vmclockd', SLOW_MS);
    const left = await shell.run(`${LISTING} >/run/bench/after; diff /run/bench/before /run/bench/after`, SLOW_MS);
    return [
      ...figures,
      exactly('left behind by dpkg --purge', left.stdout.trim(), ''),
      exactly('status socket', (await status(guest)) === undefined ? 'gone' : 'there', 'gone'),
      exactly('known to dpkg', (await shell.run('dpkg -s vmclockd')).exitCode, 1),
      exactly('unit', (await shell.output('systemctl show -P LoadState vmclockd', SLOW_MS)).trim(), 'not-found'),
      exactly('chrony', await shell.output('systemctl is-active chrony'), 'active'),
      exactly('its sources without us', await shell.output('chronyc -n sources | grep -c VMCK || true'), 0),
    ];
  },
};

/** docs/security.md's way of doing without the capability, with the files that it names. */
const BY_GROUP: Readonly<Record<string, string>> = {
  '/etc/systemd/system/chrony.service.d/vmclockd.conf': '[Service]\nRuntimeDirectoryMode=2770\nUMask=0007\n',
  '/etc/systemd/system/vmclockd.service.d/group.conf':
    '[Service]\nSupplementaryGroups=_chrony clock\nCapabilityBoundingSet=\nAmbientCapabilities=\n',
  '/etc/udev/rules.d/61-ptp.rules': 'SUBSYSTEM=="ptp", GROUP="clock", MODE="0640"\n',
};
const IN_THE_DIRECTORY = '/run/chrony/vmclockd.refclock.sock';

async function byGroup(guest: Guest): Promise<Figure[]> {
  const { shell } = guest;
  for (const [path, text] of Object.entries(BY_GROUP)) {
    await shell.output(`mkdir -p $(dirname ${path})`);
    await shell.put(path, text);
  }
  const before = await status(guest);
  await shell.output(
    `sed -i 's,/run/chrony.vmclockd.sock,${IN_THE_DIRECTORY},' /etc/chrony/conf.d/vmclockd.conf
    sed -i 's,^#sock = .*,sock = "${IN_THE_DIRECTORY}",' /etc/vmclockd/vmclockd.toml
    udevadm control --reload; udevadm trigger --settle --subsystem-match=ptp
    systemctl daemon-reload; systemctl stop vmclockd; systemctl stop chrony; systemctl start chrony; systemctl start vmclockd`,
    SLOW_MS,
  );
  const after = await statusUntil(
    guest,
    'synchronised without the capability',
    (s) => s.pid !== before?.pid && good(s),
    SLOW_MS,
  );
  const capabilities = await shell.output(`grep -h ^CapEff /proc/${after.pid}/status`);
  for (const path of Object.keys(BY_GROUP))
    await shell.output(`rm ${path}; rmdir $(dirname ${path}) 2>/dev/null || true`);
  await shell.output('mkdir -p /etc/udev/rules.d; systemctl daemon-reload', SLOW_MS);
  return [exactly('by group membership: capabilities', capabilities.split(/\s+/)[1] ?? '', '0000000000000000')];
}

/** What the running daemon may do, as the kernel and systemd see it. */
async function sandbox(guest: Guest): Promise<Figure[]> {
  const { shell } = guest;
  const show = (name: string) => shell.output(`systemctl show -P ${name} vmclockd`, SLOW_MS);
  const pid = await show('MainPID');
  const ofProcess = (name: string) =>
    shell.output(`sed -n 's/^${name}:[[:space:]]*\\([^[:space:]]*\\).*/\\1/p' /proc/${pid}/status`);
  const reload = await shell.run(
    `systemctl reload vmclockd && for i in $(seq 30); do journalctl -b -u vmclockd -o cat | grep '^reloaded' && exit 0; sleep 1; done; exit 1`,
    SLOW_MS,
  );
  const exposure = await shell.output('systemd-analyze security vmclockd --no-pager | tail -n 1', SLOW_MS);
  return [
    atMost('systemd-analyze security', Number(/: ([\d.]+) /.exec(exposure)?.[1] ?? Number.NaN), 1.5, ''),
    exactly('capabilities (CAP_DAC_OVERRIDE)', await ofProcess('CapEff'), '0000000000000002'),
    exactly('user', Number(await ofProcess('Uid')) >= 61184 ? 'a dynamic one' : 'another', 'a dynamic one'),
    exactly('/dev/vmclock0', await shell.output("stat -c '%U %G %a' /dev/vmclock0"), 'root clock 640'),
    exactly('/dev/ptp_vmclock', await shell.output('readlink /dev/ptp_vmclock'), 'ptp0'),
    exactly('systemctl reload', reload.stdout.trim(), 'reloaded: nothing has changed'),
    forComparison('resident memory', Number(await ofProcess('VmRSS')) / 1024, 'MiB'),
    forComparison('memory of the unit, peak', Number(await show('MemoryPeak')) / 2 ** 20, 'MiB'),
    forComparison('threads', Number(await ofProcess('Threads')), ''),
  ];
}

export const packaged: readonly Scenario[] = [installed];
