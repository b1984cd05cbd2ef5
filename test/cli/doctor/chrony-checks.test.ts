import { describe, expect, test } from '@jest/globals';
import type { Check } from '../../../src/cli/doctor/all-checks.js';
import { checkChronyVersion } from '../../../src/cli/doctor/checks/check-chrony-version.js';
import { checkChronydRuns } from '../../../src/cli/doctor/checks/check-chronyd-runs.js';
import { checkCompetitors } from '../../../src/cli/doctor/checks/check-competitors.js';
import { checkLeapSeconds } from '../../../src/cli/doctor/checks/check-leap-seconds.js';
import { checkMakestep } from '../../../src/cli/doctor/checks/check-makestep.js';
import { checkPhcRefclock } from '../../../src/cli/doctor/checks/check-phc-refclock.js';
import { checkRefclock } from '../../../src/cli/doctor/checks/check-refclock.js';
import { checkSock } from '../../../src/cli/doctor/checks/check-sock.js';
import { checkSockPath } from '../../../src/cli/doctor/checks/check-sock-path.js';
import type { DoctorFacts, ProcessFacts } from '../../../src/cli/doctor/doctor-facts.js';
import type { Level } from '../../../src/cli/doctor/finding.js';
import type { Settings } from '../../../src/daemon/config/settings.js';
import { exampleStatus } from '../../daemon/status/example-status.js';
import { changed, chronyConf, KVM_CLOCK } from './sound-facts.js';

type Change = (facts: DoctorFacts) => Partial<DoctorFacts>;
type Case = readonly [claim: string, check: Check, change: Change, level: Level, value: string, remedy: string];

const SOCK = 'refclock SOCK /run/chrony.vmclockd.sock';
const LINE = `${SOCK} refid VMCK poll 0`;
const none: Change = () => ({});
const both =
  (...changes: Change[]): Change =>
  (f) =>
    changes.reduce((now, change) => Object.assign(now, change(now)), { ...f });
const user: Change = () => ({ asRoot: false });
const chrony =
  (more: Partial<DoctorFacts['chrony']>): Change =>
  (f) => ({ chrony: { ...f.chrony, ...more } });
const conf = (...lines: string[]): Change => chrony(chronyConf(lines.join('\n')));
const noConf = (error: string): Change =>
  chrony({ refclocks: [], devices: [], conf: { directives: [], files: [], unreadable: [{ path: '/c', error }] } });
const settings =
  (more: Partial<Settings>): Change =>
  (f) => ({ daemon: { ...f.daemon, settings: { ...f.daemon.settings, ...more } } });
const socket =
  (more: Partial<DoctorFacts['sockets']['refclock']>): Change =>
  (f) => ({ sockets: { ...f.sockets, refclock: { ...f.sockets.refclock, ...more } } });
const noDaemon: Change = (f) => ({ daemon: { ...f.daemon, status: null, process: null } });
const noProcesses: Change = () => ({ processes: null });
const failing = (code: string): Change => {
  const status = exampleStatus();
  return (f) => ({ daemon: { ...f.daemon, status: { ...status, sock: { ...status.sock, failing: code } } } });
};
const confinement =
  (more: Partial<DoctorFacts['confinement']>): Change =>
  (f) => ({ confinement: { ...f.confinement, ...more } });
const unconfined = confinement({ appArmor: { enabled: false, rules: null } });
const runs =
  (name: string, line: string, unit = ''): Change =>
  (f) => ({ processes: [...(f.processes ?? []), running(name, line, unit)] });
const without =
  (name: string): Change =>
  (f) => ({ processes: (f.processes ?? []).filter((one) => one.name !== name) });
const running = (name: string, line: string, unit = ''): ProcessFacts => ({
  pid: 900,
  parent: 1,
  name,
  unit,
  arguments: line.split(' '),
  uid: 0,
  capabilities: 0n,
});
const hidden: Change = both(noDaemon, user, () => ({ processes: [running('bash', 'bash')] }));

const CASES: readonly Case[] = [
  ['a new enough chrony', checkChronyVersion, chrony({ version: '4.9' }), 'OK', '4.9', ''],
  ['4.6.1 and its four samples', checkChronyVersion, none, 'OK', 'wants 4 samples per poll; gets 5', ''],
  [
    '4.6.1 with too few samples',
    checkChronyVersion,
    settings({ samplesPerPoll: 3 }),
    'FAIL',
    'samples_per_poll is 3',
    'samples_per_poll = 5',
  ],
  ['an old chrony', checkChronyVersion, chrony({ version: '4.2' }), 'WARN', '4.2', 'update'],
  [
    'a chronyd that does not tell',
    checkChronyVersion,
    chrony({ version: '', versionError: 'timed out' }),
    'WARN',
    'timed out',
    'chronyd -v',
  ],
  [
    'no chrony',
    checkChronyVersion,
    both(chrony({ binary: '' }), without('chronyd')),
    'FAIL',
    'not installed',
    '`apt install chrony`',
  ],
  ['a chronyd of its own', checkChronyVersion, chrony({ binary: '' }), 'OK', 'a place of its own', ''],

  ['a chronyd', checkChronydRuns, none, 'OK', 'pid 300', ''],
  ['a chronyd beside an experiment', checkChronydRuns, runs('chronyd', 'chronyd -x -f /tmp/c'), 'OK', 'pid 300', ''],
  [
    'only an experiment',
    checkChronydRuns,
    both(without('chronyd'), runs('chronyd', 'chronyd -dx')),
    'WARN',
    '-x',
    '/etc/default/chrony',
  ],
  [
    'no chronyd',
    checkChronydRuns,
    both(without('chronyd'), noDaemon),
    'FAIL',
    'not running',
    '`systemctl enable --now chrony`',
  ],
  ['a chronyd seen by the daemon', checkChronydRuns, noProcesses, 'OK', 'answers vmclockd', ''],
  [
    'no chronyd installed',
    checkChronydRuns,
    both(without('chronyd'), noDaemon, chrony({ binary: '' })),
    'SKIP',
    'see chrony',
    '',
  ],
  ['hidden processes', checkChronydRuns, hidden, 'SKIP', 'hidden', 'ask as root'],

  ['our line', checkRefclock, none, 'OK', '/etc/chrony/chrony.conf:1, refid VMCK, poll 0', ''],
  ['our line by way of /var/run', checkRefclock, conf(LINE.replace('/run', '/var/run')), 'OK', 'VMCK', ''],
  [
    'no line of ours',
    checkRefclock,
    conf('pool x'),
    'FAIL',
    'none for /run/chrony.vmclockd.sock in /etc/chrony/chrony.conf',
    `echo '${SOCK} refid VMCK poll -3 filter 16 precision 1e-9' > /etc/chrony/conf.d/vmclockd.conf\` and \`systemctl restart chrony\``,
  ],
  [
    'no line, no folder for it',
    checkRefclock,
    both(conf('pool x'), chrony({ folder: '', file: '/etc/chrony.conf', unit: 'chronyd' })),
    'FAIL',
    'none for',
    '>> /etc/chrony.conf` and `systemctl restart chronyd`',
  ],
  [
    'another path',
    checkRefclock,
    conf('refclock SOCK /run/x.sock refid VMCK'),
    'FAIL',
    'has /run/x.sock, but vmclockd sends to /run/chrony.vmclockd.sock',
    'put /run/chrony.vmclockd.sock into /etc/chrony/chrony.conf:1',
  ],
  ['another refid', checkRefclock, conf(`${SOCK} refid PTPK poll 0`), 'FAIL', 'has refid PTPK', '`refid VMCK`'],
  ['no refid', checkRefclock, conf(SOCK), 'FAIL', 'has refid SOC…', '`refid VMCK`'],
  ['the line twice', checkRefclock, conf(LINE, LINE), 'FAIL', 'two lines', 'take one out'],
  ['TAI asked for', checkRefclock, conf(`${LINE} tai`), 'FAIL', 'option tai', 'no `tai`'],
  ['PPS asked for', checkRefclock, conf(`${LINE} pps`), 'FAIL', 'option pps', 'no `pps`'],
  [
    'an option that is too new',
    checkRefclock,
    conf(`${LINE} maxunreach 16`),
    'FAIL',
    '4.6.1 does not know maxunreach (since 4.8)',
    'no `maxunreach`',
  ],
  [
    'an option that is new enough',
    checkRefclock,
    both(conf(`${LINE} maxunreach 16`), chrony({ version: '4.8' })),
    'OK',
    'VMCK',
    '',
  ],
  ['noselect', checkRefclock, conf(`${LINE} noselect`), 'WARN', 'noselect', 'no `noselect`'],
  ['an offset', checkRefclock, conf(`${LINE} offset 0.1`), 'WARN', 'offset 0.1', 'no `offset`'],
  [
    'a misspelt option',
    checkRefclock,
    conf(`${LINE} presicion 1e-9`),
    'FAIL',
    'presicion, which chronyd',
    'mend it in',
  ],
  [
    'no number',
    checkRefclock,
    conf(`${SOCK} refid VMCK poll abc`),
    'FAIL',
    'poll abc, which is no number',
    'mend it in',
  ],
  ['a makestep that is none', checkMakestep, conf(LINE, 'makestep x'), 'FAIL', 'two numbers', '`makestep 1 3`'],
  ['a slow poll', checkRefclock, conf(`${SOCK} refid VMCK`), 'WARN', 'poll 4, every 16 s', '`poll -3`'],
  ['a configuration that is not there', checkRefclock, noConf('ENOENT'), 'FAIL', 'ENOENT', 'echo'],
  ['a configuration out of sight', checkRefclock, both(noConf('EACCES'), user), 'SKIP', 'not readable', 'ask as root'],
  ['no chrony, no line', checkRefclock, both(noConf('ENOENT'), chrony({ binary: '' })), 'SKIP', 'see chrony', ''],

  ["Debian's path", checkSockPath, none, 'OK', 'allowed by AppArmor', ''],
  [
    'a path that AppArmor forbids',
    checkSockPath,
    socket({ path: '/run/vmclockd/x.sock' }),
    'FAIL',
    "/run/vmclockd/x.sock: AppArmor's profile for chronyd forbids it",
    'use /run/chrony.vmclockd.sock',
  ],
  [
    "a line's path that AppArmor forbids",
    checkSockPath,
    conf('refclock SOCK /srv/x.sock refid VMCK'),
    'FAIL',
    '/srv/x.sock',
    'use /run/chrony.vmclockd.sock',
  ],
  [
    'the same without AppArmor',
    checkSockPath,
    both(socket({ path: '/run/vmclockd/x.sock' }), unconfined),
    'OK',
    'nothing confines',
    '',
  ],
  [
    '/tmp',
    checkSockPath,
    both(socket({ path: '/tmp/x.sock' }), unconfined),
    'FAIL',
    '/tmp/x.sock',
    'use /run/chrony.vmclockd.sock',
  ],
  [
    'SELinux beyond /run',
    checkSockPath,
    both(socket({ path: '/srv/x.sock' }), unconfined, confinement({ seLinuxEnforcing: true })),
    'WARN',
    'SELinux',
    'use /run/chrony.vmclockd.sock',
  ],
  [
    'SELinux in /run',
    checkSockPath,
    both(unconfined, confinement({ seLinuxEnforcing: true })),
    'OK',
    'allowed by SELinux',
    '',
  ],

  ['a socket', checkSock, none, 'OK', '51234 sent, dropped so far: ENOENT 3', ''],
  ['no socket', checkSock, socket({ present: false }), 'FAIL', 'is missing, though', '`systemctl restart chrony`'],
  ['no socket, no line', checkSock, both(socket({ present: false }), conf('')), 'SKIP', 'see Refclock line', ''],
  ['no socket, no chronyd', checkSock, both(socket({ present: false }), without('chronyd')), 'SKIP', 'see chronyd', ''],
  [
    'a file in its place',
    checkSock,
    socket({ present: false, error: 'it is no socket' }),
    'FAIL',
    'no socket',
    '`rm /run/chrony.vmclockd.sock`',
  ],
  ['a socket out of sight', checkSock, socket({ present: false, error: 'EACCES' }), 'SKIP', 'EACCES', 'ask as root'],
  ['no right to send', checkSock, failing('EACCES'), 'FAIL', 'may not send', 'CAP_DAC_OVERRIDE'],
  [
    'a socket that chronyd left behind',
    checkSock,
    failing('ECONNREFUSED'),
    'FAIL',
    'nobody listens',
    '`systemctl restart chrony`',
  ],
  ['a socket that is full', checkSock, failing('EAGAIN'), 'FAIL', 'EAGAIN', '`systemctl restart chrony`'],

  ['makestep', checkMakestep, none, 'OK', 'makestep 1 3', ''],
  ['no makestep', checkMakestep, conf(LINE), 'WARN', 'none', '`makestep 0.1 -1`'],
  [
    'a limited makestep with reset',
    checkMakestep,
    settings({ recovery: 'reset' }),
    'WARN',
    'makestep 1 3 with recovery = "reset"',
    '`makestep 0.1 -1`',
  ],
  [
    'the last makestep counts',
    checkMakestep,
    both(settings({ recovery: 'reset' }), conf('makestep 1 3', 'MakeStep 0.1 -1')),
    'OK',
    'makestep 0.1 -1',
    '',
  ],
  ['no configuration for makestep', checkMakestep, noConf('ENOENT'), 'SKIP', 'no configuration', ''],

  ['a leap second list', checkLeapSeconds, none, 'OK', 'leapseclist', ''],
  [
    'a leap second list that is not there',
    checkLeapSeconds,
    chrony({ leapListPresent: false }),
    'WARN',
    'no such file',
    'tzdata',
  ],
  ['a kernel that knows', checkLeapSeconds, conf(LINE), 'OK', 'the kernel knows', ''],
  [
    'a page that knows',
    checkLeapSeconds,
    both(conf(LINE), () => ({ kernelTaiOffsetSeconds: 0 })),
    'OK',
    'the vmclock page tells',
    '',
  ],
  [
    'nobody knows, and a TAI clock',
    checkLeapSeconds,
    both(conf(LINE), () => ({ kernelTaiOffsetSeconds: 0, pages: [] })),
    'WARN',
    'none',
    'leapseclist /usr/share',
  ],
  [
    'nobody needs to know',
    checkLeapSeconds,
    both(conf(LINE), noDaemon, () => ({ kernelTaiOffsetSeconds: 0, pages: [], clocks: [KVM_CLOCK] })),
    'OK',
    'none is needed',
    '',
  ],
  [
    'no configuration for leap seconds',
    checkLeapSeconds,
    both(noConf('ENOENT'), () => ({ kernelTaiOffsetSeconds: 0, pages: [] })),
    'SKIP',
    'no configuration',
    '',
  ],

  ['no other refclock', checkPhcRefclock, none, 'OK', 'none', ''],
  [
    'a PHC refclock on our clock',
    checkPhcRefclock,
    conf(LINE, 'refclock PHC /dev/ptp0:nocrossts poll 0'),
    'FAIL',
    'chrony.conf:2: refclock PHC /dev/ptp0, the clock that vmclockd reads',
    'take the line out',
  ],
  [
    'a PHC refclock on our clock by its other name',
    checkPhcRefclock,
    both(conf('refclock PHC /dev/ptp_kvm'), noDaemon, () => ({ namedDevice: '/dev/ptp1' })),
    'FAIL',
    '/dev/ptp_kvm (/dev/ptp1), the clock',
    'take the line out',
  ],
  [
    'a PHC refclock on another clock',
    checkPhcRefclock,
    conf('refclock PHC /dev/ptp1'),
    'WARN',
    'refclock PHC /dev/ptp1',
    'take the line out',
  ],
  [
    'a PHC refclock on no clock',
    checkPhcRefclock,
    conf('refclock PHC /dev/ptp9'),
    'WARN',
    'which is not there',
    'take the line out',
  ],
  ['a PHC refclock that only looks', checkPhcRefclock, conf('refclock PHC /dev/ptp0 noselect'), 'OK', 'none', ''],
  ['no configuration for refclocks', checkPhcRefclock, noConf('ENOENT'), 'SKIP', 'no configuration', ''],

  ['nobody else', checkCompetitors, none, 'OK', 'none', ''],
  [
    'phc2sys',
    checkCompetitors,
    runs('phc2sys', 'phc2sys -s /dev/ptp0 -O 0', 'phc2sys.service'),
    'FAIL',
    'phc2sys (pid 900, phc2sys.service)',
    '`systemctl disable --now phc2sys.service`',
  ],
  [
    'phc2sys that feeds a socket',
    checkCompetitors,
    runs('phc2sys', 'phc2sys -s /dev/ptp0 -E refclock_sock'),
    'OK',
    'none',
    '',
  ],
  [
    'phc2sys that steers a PHC',
    checkCompetitors,
    runs('phc2sys', 'phc2sys -c /dev/ptp1 -s CLOCK_REALTIME'),
    'OK',
    'none',
    '',
  ],
  [
    'phc2sys that only looks',
    checkCompetitors,
    runs('phc2sys', 'phc2sys -s /dev/ptp0 --free_running 1'),
    'OK',
    'none',
    '',
  ],
  [
    'timesyncd',
    checkCompetitors,
    runs('systemd-timesyn', '/usr/lib/systemd/systemd-timesyncd', 'systemd-timesyncd.service'),
    'FAIL',
    'systemd-timesyn',
    'disable --now systemd-timesyncd.service',
  ],
  ['an ntpd by hand', checkCompetitors, runs('ntpd', 'ntpd -g'), 'FAIL', 'ntpd (pid 900)', '`kill 900`'],
  [
    'ntpsec',
    checkCompetitors,
    runs('ntpd', '/usr/sbin/ntpd', 'ntpsec.service'),
    'FAIL',
    'ntpsec.service',
    'disable --now ntpsec.service',
  ],
  [
    'ntpd-rs',
    checkCompetitors,
    runs('ntp-daemon', '/usr/bin/ntp-daemon', 'ntpd-rs.service'),
    'FAIL',
    'ntp-daemon',
    'disable --now ntpd-rs.service',
  ],
  [
    'two chronyds',
    checkCompetitors,
    runs('chronyd', 'chronyd -f /srv/c'),
    'FAIL',
    'more than once (pid 300, 900)',
    'chrony.service',
  ],
  ['rivals out of sight', checkCompetitors, hidden, 'SKIP', 'hidden', 'ask as root'],
];

describe('checks of chrony', () => {
  test.each(CASES)('%s', (_claim, check, change, level, value, remedy) => {
    const finding = check(changed(change));
    expect(finding).toMatchObject({ level, value: expect.stringContaining(value) });
    expect(finding.remedy).toContain(remedy);
    expect(finding.remedy === '').toBe(remedy === '');
  });
});
