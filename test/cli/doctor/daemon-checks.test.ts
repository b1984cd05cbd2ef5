import { describe, expect, test } from '@jest/globals';
import type { Check } from '../../../src/cli/doctor/all-checks.js';
import { checkDaemon } from '../../../src/cli/doctor/checks/check-daemon.js';
import { checkDaemonRights } from '../../../src/cli/doctor/checks/check-daemon-rights.js';
import { checkDisruptionPast } from '../../../src/cli/doctor/checks/check-disruption-past.js';
import { checkFollows } from '../../../src/cli/doctor/checks/check-follows.js';
import { checkSettings } from '../../../src/cli/doctor/checks/check-settings.js';
import { checkTimeScale } from '../../../src/cli/doctor/checks/check-time-scale.js';
import type { DaemonFacts, ProcessFacts } from '../../../src/cli/doctor/doctor-facts.js';
import type { Level } from '../../../src/cli/doctor/finding.js';
import type { Settings } from '../../../src/daemon/config/settings.js';
import type { StatusDocument } from '../../../src/daemon/status-document.js';
import { exampleStatus } from '../../daemon/status/example-status.js';
import { changed } from './sound-facts.js';

type Change = (daemon: DaemonFacts) => Partial<DaemonFacts>;
type Case = readonly [claim: string, check: Check, change: Change, level: Level, value: string, remedy: string];

const none: Change = () => ({});
const status =
  (more: Partial<StatusDocument>): Change =>
  () => ({ status: { ...exampleStatus(), ...more } });
const state = (name: StatusDocument['state']['name'], reason = '') =>
  status({ state: { name, reason, forSeconds: 5 } });
const silent =
  (statusError: string): Change =>
  () => ({ status: null, statusError });
const gone: Change = () => ({ status: null, process: null, statusError: 'no daemon' });
const settings =
  (more: Partial<Settings>): Change =>
  (daemon) => ({ settings: { ...daemon.settings, ...more } });
const rights =
  (more: Partial<ProcessFacts>): Change =>
  ({ process }) => ({ process: process === null ? null : { ...process, ...more } });
type Chronyd = NonNullable<StatusDocument['chronyd']>;
const chronyd = (more: Partial<Chronyd>): Change => {
  const example = exampleStatus().chronyd;
  return status({ chronyd: example === null ? null : { ...example, ...more } });
};
const disruption = (agoSeconds: number, synchronisedMs: number | null): Change => {
  const { last } = exampleStatus().disruptions;
  return status({ disruptions: { count: 1, last: last === null ? null : { ...last, agoSeconds, synchronisedMs } } });
};
const timescale = (scale: 'UTC' | null): Change => {
  const { phc } = exampleStatus();
  return status({
    phc: phc === null ? null : { ...phc, timescale: scale, shiftSeconds: 0, timescaleReason: 'because' },
  });
};

const CASES: readonly Case[] = [
  ['a daemon that feeds', checkDaemon, none, 'OK', 'feeding for 1 h 2 min', ''],
  ['a daemon that recovers', checkDaemon, state('recovering'), 'WARN', 'recovering for 5 s', 'vmclockd status'],
  ['a daemon that holds', checkDaemon, state('holding', 'no clock'), 'FAIL', 'holding for 5 s: no clock', 'journalctl'],
  ['no daemon', checkDaemon, gone, 'FAIL', 'not running', '`systemctl enable --now vmclockd`'],
  [
    'a daemon that does not answer',
    checkDaemon,
    silent('hangs'),
    'FAIL',
    'runs (pid 4711), but does not answer at /run/vmclockd/status.sock: hangs',
    'systemctl restart',
  ],

  ['the rights it needs', checkDaemonRights, none, 'OK', 'root, CAP_DAC_OVERRIDE only', ''],
  [
    'a user of its own',
    checkDaemonRights,
    rights({ uid: 990, capabilities: 0n }),
    'OK',
    'uid 990, no capabilities',
    '',
  ],
  [
    'some more rights',
    checkDaemonRights,
    rights({ capabilities: 0b1011n }),
    'WARN',
    'root with 2 capabilities beside',
    'by its unit',
  ],
  [
    "a root shell's rights",
    checkDaemonRights,
    rights({ capabilities: (1n << 41n) - 1n }),
    'WARN',
    '41 capabilities, CAP_SYS_TIME',
    'by its unit',
  ],
  ['no process to look at', checkDaemonRights, gone, 'SKIP', 'does not run', ''],

  ['a clock that can be trusted', checkFollows, none, 'OK', 'The clock can be trusted', ''],
  [
    'chronyd out of reach',
    checkFollows,
    chronyd({ reachable: false, error: 'ENOENT' }),
    'FAIL',
    'cannot be asked',
    'systemctl restart chrony',
  ],
  [
    'chronyd without our line',
    checkFollows,
    chronyd({ synchronised: false, selectsUs: false, poll: null }),
    'FAIL',
    'no source of ours',
    'refclock line',
  ],
  [
    'chronyd follows another',
    checkFollows,
    chronyd({ synchronised: false, selectsUs: false, refid: 'PHC0' }),
    'FAIL',
    'chronyd follows PHC0 instead of us',
    'trust prefer',
  ],
  ['chronyd on its way', checkFollows, chronyd({ synchronised: false }), 'WARN', 'not synchronised yet', 'three polls'],
  ['chronyd not asked', checkFollows, status({ chronyd: null }), 'WARN', 'not asked', 'chronyd ='],
  ['nothing fed', checkFollows, state('holding'), 'SKIP', 'see vmclockd', ''],
  [
    'samples that do not arrive',
    checkFollows,
    status({ sock: { path: '/s', sent: 0, dropped: {}, failing: 'EACCES' } }),
    'SKIP',
    'see SOCK socket',
    '',
  ],
  ['nobody to ask', checkFollows, gone, 'SKIP', 'only the running daemon', ''],

  [
    'no disruption',
    checkDisruptionPast,
    status({ disruptions: { count: 0, last: null } }),
    'OK',
    'none in 1 d 2 h',
    '',
  ],
  [
    'a disruption that is over',
    checkDisruptionPast,
    none,
    'OK',
    '1 h 2 min ago (marker and generation), 2 in 1 d 2 h; recovered in 3.1 s',
    '',
  ],
  ['a disruption just now', checkDisruptionPast, disruption(2, null), 'WARN', 'not recovered yet', 'wait'],
  [
    'a disruption that is not got over',
    checkDisruptionPast,
    disruption(90, null),
    'FAIL',
    'not recovered',
    'journalctl',
  ],
  ['nobody who knows', checkDisruptionPast, gone, 'SKIP', 'only the running daemon', ''],

  ['valid settings', checkSettings, none, 'OK', 'valid, recovery feed-forward', ''],
  [
    'invalid settings',
    checkSettings,
    () => ({ problems: ['a: bad', 'b: worse'] }),
    'FAIL',
    'a: bad; b: worse',
    'mend /etc/vmclockd/vmclockd.toml',
  ],
  [
    'chronyd switched off',
    checkSettings,
    settings({ chronyd: 'none' }),
    'WARN',
    'chronyd = "none"',
    'take that line out',
  ],
  ['recovery switched off', checkSettings, settings({ recovery: 'feed-only' }), 'WARN', 'feed-only', 'feed-forward'],

  ["the daemon's doubt about the time scale", checkTimeScale, timescale(null), 'FAIL', 'because', 'timescale ='],
  ["the daemon's word for UTC", checkTimeScale, timescale('UTC'), 'OK', 'UTC: because', ''],
];

describe('checks of the daemon', () => {
  test.each(CASES)('%s', (_claim, check, change, level, value, remedy) => {
    const finding = check(changed((facts) => ({ daemon: { ...facts.daemon, ...change(facts.daemon) } })));
    expect(finding).toMatchObject({ level, value: expect.stringContaining(value) });
    expect(finding.remedy).toContain(remedy);
    expect(finding.remedy === '').toBe(remedy === '');
  });

  test('what an ordinary user may not see is not called broken', () => {
    const unseen = (change: Change) =>
      changed((facts) => ({ asRoot: false, daemon: { ...facts.daemon, ...change(facts.daemon) } }));
    expect(checkDaemon(unseen(silent('connect: EACCES')))).toMatchObject({ level: 'SKIP', remedy: 'ask as root' });
    expect(checkSettings(unseen(() => ({ problems: ['cannot be read: EACCES'] })))).toMatchObject({ level: 'SKIP' });
  });
});
