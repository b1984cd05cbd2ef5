import { describe, expect, test } from '@jest/globals';
import { appArmorAllowsWriting } from '../../../src/cli/doctor/apparmor-rules.js';
import { parseChronyConf } from '../../../src/cli/doctor/chrony-conf.js';
import { globPattern } from '../../../src/cli/doctor/glob-pattern.js';
import { type ConfFiles, readChronyConf } from '../../../src/cli/doctor/read-chrony-conf.js';
import { refclockLine } from '../../../src/cli/doctor/refclock-line.js';
import { seededRandom } from '../../support/random.js';

/** A file system in an object: a list is a folder. */
function filesOf(tree: Readonly<Record<string, string | readonly string[]>>): ConfFiles {
  return {
    read: (path) => {
      const found = tree[path];
      return typeof found === 'string' ? { text: found } : { error: found === undefined ? 'ENOENT' : 'EISDIR' };
    },
    list: (path) => {
      const found = tree[path];
      return Array.isArray(found) ? found : { error: found === undefined ? 'ENOENT' : 'ENOTDIR' };
    },
  };
}

const names = (tree: Parameters<typeof filesOf>[0]) =>
  readChronyConf('/c', filesOf(tree)).directives.map(({ name, arguments: all }) => [name, ...all].join(' '));

describe('parseChronyConf()', () => {
  test('takes comments, blanks and capitals as chronyd does', () => {
    const text = '# no\n  ! no\n;no\n%no\n\n \t MakeStep  1\t3 \nserver a # no comment\r\n';
    expect(parseChronyConf(text, '/c')).toEqual([
      { name: 'makestep', arguments: ['1', '3'], file: '/c', line: 6 },
      { name: 'server', arguments: ['a', '#', 'no', 'comment'], file: '/c', line: 7 },
    ]);
  });
});

describe('refclockLine()', () => {
  const line = (text: string) => parseChronyConf(text, '/c').flatMap((directive) => refclockLine(directive) ?? [])[0];

  test('reads driver, path and options', () => {
    expect(line('refclock sock /run/x.sock REFID VMCK poll -2 prefer trust delay 1e-6')).toMatchObject({
      driver: 'SOCK',
      path: '/run/x.sock',
      options: { refid: 'VMCK', poll: '-2', prefer: '', trust: '', delay: '1e-6' },
    });
    expect(line('refclock PHC /dev/ptp0:extpps:pin=0 noselect poll')).toMatchObject({
      path: '/dev/ptp0',
      options: { noselect: '', poll: '' },
    });
  });

  test('takes no other directive, and no option for a property of an object', () => {
    expect(line('server refclock')).toBeUndefined();
    expect(line('refclock SOCK /x')?.options['constructor']).toBeUndefined();
    expect(line('refclock')).toMatchObject({ driver: '', path: '' });
  });
});

describe('readChronyConf()', () => {
  test('follows include, confdir and sourcedir where they stand', () => {
    const tree = {
      '/c': 'one\nconfdir /d /e\ninclude /i/*.x\nsourcedir /s\nlast',
      '/d': ['b.conf', 'a.conf', 'no.txt'],
      '/e': ['a.conf', 'c.conf'],
      '/d/a.conf': 'da',
      '/d/b.conf': 'db',
      '/e/a.conf': 'hidden by the earlier folder',
      '/e/c.conf': 'ec',
      '/i': ['2.x', '1.x', '1.y'],
      '/i/1.x': 'i1',
      '/i/2.x': 'i2',
      '/s': ['n.sources', 'n.conf'],
      '/s/n.sources': 'server n',
    };
    expect(names(tree)).toEqual(['one', 'da', 'db', 'ec', 'i1', 'i2', 'server n', 'last']);
    expect(readChronyConf('/c', filesOf(tree)).files).toHaveLength(7);
  });

  test('tells what it could not read, and does not mind a folder that is not there', () => {
    const { unreadable } = readChronyConf('/c', filesOf({ '/c': 'confdir /d\nsourcedir /f\ninclude /i', '/f': '' }));
    expect(unreadable).toEqual([
      { path: '/f', error: 'ENOTDIR' },
      { path: '/i', error: 'ENOENT' },
    ]);
    expect(readChronyConf('/c', filesOf({})).unreadable).toEqual([{ path: '/c', error: 'ENOENT' }]);
  });

  test('comes to an end with files that include themselves', () => {
    const { directives, unreadable } = readChronyConf('/c', filesOf({ '/c': 'one\ninclude /c\ninclude /c' }));
    expect(directives.length).toBeLessThanOrEqual(500);
    expect(unreadable).toContainEqual({ path: '/c', error: 'includes too deep or too many' });
  });
});

describe('globPattern()', () => {
  test.each([
    ['/run/chrony.*.sock', '/run/chrony.a.sock', true],
    ['/run/chrony.*.sock', '/run/chrony.a/b.sock', false],
    ['/run/chrony/{,*}', '/run/chrony/x', true],
    ['/run/chrony/{,*}', '/run/chrony/x/y', false],
    ['/run/**', '/run/x/y', true],
    ['/dev/ptp[0-9]', '/dev/ptp3', true],
    ['/dev/ptp[!0-9]', '/dev/ptp3', false],
    ['/a?c', '/abc', true],
    ['/a.c', '/abc', false],
    ['/{a', '/a', false],
    ['/[z-a]', '/z', false],
    ['/*a*b*c*d*', '/aabbccddee', false],
  ])('%s and %s: %s', (glob, path, matches) => {
    expect(globPattern(glob).test(path)).toBe(matches);
  });
});

describe('appArmorAllowsWriting()', () => {
  const allows = (rules: string, path = '/run/chrony.vmclockd.sock') => appArmorAllowsWriting(rules, path);

  test.each([
    ['  @{run}/chrony.*.sock rw,', true],
    ['  /{,var/}run/chrony.*.sock rw,', true],
    ['  rw /run/chrony.*.sock,', true],
    ['  owner "/run/**" rwk,', true],
    ['  /run/chrony.*.sock r,', false],
    ['  # /run/chrony.*.sock rw,', false],
    ['  #include <abstractions/base>', false],
    ['  /run/** rw,\n  deny /run/chrony.* w,', false],
    ['  capability sys_time,', false],
    ['', false],
  ])('%j: %s', (rules, expected) => {
    expect(allows(rules)).toBe(expected);
  });
});

test('no text makes the parsers throw', () => {
  const random = seededRandom(7);
  const words = [
    'refclock',
    'SOCK',
    'include',
    'confdir',
    '/c',
    '/*',
    '{',
    '}',
    '[',
    ']',
    '**',
    '@{run}',
    ' rw,',
    ' ',
    '\n',
    '\t',
    '#',
    '\0',
    ':',
    '\\',
    'é',
    '-1',
    'deny ',
    '(',
  ];
  for (let round = 0; round < 3000; round++) {
    const text = Array.from({ length: 1 + random() * 30 }, () => words[Math.floor(random() * words.length)]).join('');
    const { directives } = readChronyConf('/c', filesOf({ '/c': text, '/': ['c', '*'], '/d': ['a.conf'] }));
    for (const directive of directives) {
      expect(directive.name).not.toBe('');
      refclockLine(directive);
    }
    expect(typeof appArmorAllowsWriting(text, '/run/c')).toBe('boolean');
    expect(globPattern(text)).toBeInstanceOf(RegExp);
  }
});
