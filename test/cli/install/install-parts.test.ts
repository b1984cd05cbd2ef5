import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { adaptUnit, hiddenFromServices } from '../../../src/cli/install/adapt-unit.js';
import { hasInclude, withInclude, withoutInclude } from '../../../src/cli/install/chrony-include.js';
import { DEBIAN_PACKAGE, installedFiles } from '../../../src/cli/install/installed-files.js';
import { decodeManifest, encodeManifest } from '../../../src/cli/install/manifest.js';
import { rootFolder } from '../../../src/cli/install/root-folder.js';

const UNIT = readFileSync(join(process.cwd(), 'systemd/vmclockd.service'), 'utf8');

describe('the table of what goes where', () => {
  test('names files that there are', () => {
    const kept = installedFiles(DEBIAN_PACKAGE).filter(({ from }) => !from.startsWith('build/'));
    for (const { from } of kept) expect([from, existsSync(join(process.cwd(), from))]).toEqual([from, true]);
  });

  test('knows chrony of Debian and of Fedora', () => {
    const targets = (chrony: 'conf.d' | 'chrony.conf' | 'none') =>
      installedFiles({ ...DEBIAN_PACKAGE, chrony })
        .filter(({ from }) => from.startsWith('config/chrony/'))
        .map(({ to }) => to);
    expect(targets('conf.d')).toEqual(['/etc/chrony/conf.d/vmclockd.conf']);
    expect(targets('chrony.conf')).toEqual(['/etc/vmclockd/chrony.conf']);
    expect(targets('none')).toEqual([]);
  });

  test('calls configuration what is in /etc, and nothing else', () => {
    for (const { to, configuration } of installedFiles(DEBIAN_PACKAGE)) {
      expect([to, configuration]).toEqual([to, to.startsWith('/etc/')]);
    }
  });
});

describe('the unit, adapted', () => {
  test('starts this Node with this program and the shipped flags', () => {
    const adapted = adaptUnit(UNIT, { node: '/opt/node/bin/node', main: '/usr/local/lib/vmclockd/main.js' });
    expect(adapted).toMatch(
      /^ExecStart=\/opt\/node\/bin\/node --lite-mode .* \/usr\/local\/lib\/vmclockd\/main.js run$/m,
    );
    expect(adapted.replace(/^ExecStart=.*$/m, '')).toBe(UNIT.replace(/^ExecStart=.*$/m, ''));
  });

  test.each(['vmclockd-wait', 'vmclockd-metrics', 'vmclockd-metrics-http'])('puts its paths into %s, too', (name) => {
    const unit = readFileSync(join(process.cwd(), `systemd/${name}.service`), 'utf8');
    expect(adaptUnit(unit, { node: '/opt/node', main: '/opt/main.js' })).toMatch(
      /^ExecStart=\/opt\/node -.* \/opt\/main.js (waitsync|metrics) --/m,
    );
  });

  test.each(['/a path/node', '/opt/%n/node', 'node', '/opt/node;reboot'])('refuses the path "%s"', (node) => {
    expect(() => adaptUnit(UNIT, { node, main: '/m.js' })).toThrow('cannot stand in a systemd unit');
  });

  test('refuses a unit that is not the shipped one', () => {
    expect(() => adaptUnit('[Service]\n', { node: '/node', main: '/m.js' })).toThrow('not as shipped');
  });

  test('cannot start what services do not see', () => {
    expect(hiddenFromServices('/home/me/.nvm/bin/node')).toContain('is under /home, which services cannot see');
    expect(hiddenFromServices('/usr/bin/node')).toBeUndefined();
  });
});

describe('chrony.conf', () => {
  test.each(['', 'pool example\n', 'pool example'])('gets one line, once, and loses it again: %j', (conf) => {
    const edited = withInclude(conf);
    expect(edited.match(/^include \/etc\/vmclockd\/chrony.conf$/gm)).toHaveLength(1);
    expect(withInclude(edited)).toBe(edited);
    expect(withoutInclude(edited).trimEnd()).toBe(conf.trimEnd());
  });

  test('keeps a line that the administrator wrote', () => {
    const conf = 'include /etc/vmclockd/chrony.conf\nrtcsync\n';
    expect(withInclude(conf)).toBe(conf);
    expect(withoutInclude(conf)).toBe(conf);
  });
});

describe('an include of our file', () => {
  test.each(['include', ' Include\t '])('is seen as chronyd sees it: %j', (directive) => {
    expect(hasInclude(`rtcsync\n${directive} /etc/vmclockd/chrony.conf\r\n`)).toBe(true);
  });

  test.each(['# include /etc/vmclockd/chrony.conf', 'include /etc/vmclockd/chrony.conf.old'])('is not %j', (line) => {
    expect(hasInclude(line)).toBe(false);
  });
});

describe('--root', () => {
  test.each(['/', '//', '/.', '/etc/..', '/proc/self/root'])('%s is the running system', (root) => {
    expect(rootFolder(root)).toBe('/');
  });

  test('is refused when empty', () => {
    expect(() => rootFolder('')).toThrow('--root is empty');
  });
});

describe('the manifest', () => {
  const sum = 'a'.repeat(64);

  test('is read as it was written', () => {
    const manifest = new Map([['/etc/a', sum]]);
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
  });

  test.each([
    '',
    'null',
    '{"files":[]}',
    '{"files":{"/a":1}}',
    `{"files":{"/a/../../b":"${sum}"}}`,
    `{"files":{"a":"${sum}"}}`,
    '{"files":{"/a":"b"}}',
  ])('refuses %s', (text) => {
    expect(decodeManifest(text)).toBeUndefined();
  });
});
