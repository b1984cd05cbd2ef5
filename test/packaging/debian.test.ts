import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { controlFile, copyrightFile, debianChangelog, holderIn } from '../../packaging/debian-control.js';
import { parseLockfile, productionFolders } from '../../packaging/lockfile.js';
import { normalise } from '../../packaging/tree.js';

const LOCK = readFileSync(join(process.cwd(), 'package-lock.json'), 'utf8');

describe('production modules', () => {
  const folders = productionFolders(parseLockfile(LOCK));

  test('have koffi for both processors', () => {
    expect(folders).toEqual(
      expect.arrayContaining([
        'node_modules/koffi',
        'node_modules/@koromix/koffi-linux-x64',
        'node_modules/@koromix/koffi-linux-arm64',
      ]),
    );
  });

  test('have what the manifest names, and no compiler, test runner or converter', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(process.cwd(), 'package.json'), 'utf8'));
    expect(manifest).toHaveProperty('dependencies');
    for (const name of ['pino', 'valibot', 'yargs', 'smol-toml', 'systemd-notify']) {
      expect(folders).toContain(`node_modules/${name}`);
    }
    for (const folder of folders) expect(folder).not.toMatch(/typescript|jest|marked|biome/);
  });

  test('of one package are those that it needs', () => {
    const koffi = productionFolders(parseLockfile(LOCK), ['node_modules/koffi']);
    for (const folder of koffi) expect(folder).toMatch(/^node_modules\/(?:koffi$|@koromix\/koffi-)/);
  });

  test('are looked for as Node does: the nearest first', () => {
    const lock = {
      packages: {
        '': { dependencies: { a: '1' } },
        'node_modules/a': { dependencies: { b: '2', c: '1' }, peerDependencies: { p: '1' } },
        'node_modules/a/node_modules/b': {},
        'node_modules/b': {},
        'node_modules/c': { dependencies: { b: '1' } },
        'node_modules/p': {},
      },
    };
    expect(productionFolders(parseLockfile(JSON.stringify(lock)))).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/b',
      'node_modules/c',
    ]);
  });
});

describe('the Debian package', () => {
  test('says what it needs', () => {
    const control = controlFile({ version: '1.2.3', maintainer: 'A <b@c>', installedKiB: 7 });
    expect(control).toMatch(/^Package: vmclockd\nVersion: 1\.2\.3\nArchitecture: all\n/);
    expect(control).toMatch(/^Depends: nodejs \(>= 20\.12\),/m);
    expect(control).toMatch(/^Recommends: chrony/m);
    expect(control).toMatch(/^Description: .{20,79}\n /m);
    // A line of the description that is not indented would begin another field.
    expect(control.split('\n').filter((line) => !/^(?:[A-Z][\w-]*: | \S|$)/.test(line))).toEqual([]);
  });

  test('has a changelog in Debian’s form', () => {
    expect(debianChangelog('1.2.3', 'A <b@c>', 0)).toBe(
      'vmclockd (1.2.3) unstable; urgency=medium\n\n  * Release 1.2.3; NEWS.gz tells what is new.\n\n -- A <b@c>  Thu, 01 Jan 1970 00:00:00 +0000\n',
    );
  });

  test('names the holders of all copyrights', () => {
    expect(holderIn('MIT License\n\nCopyright (c) 2020 Somebody\n')).toBe('2020 Somebody');
    const licence = readFileSync(join(process.cwd(), 'LICENSE'), 'utf8');
    const module = { folder: 'node_modules/x', version: '1', license: 'BSD-3-Clause', dependencies: [] };
    const text = copyrightFile(licence, [{ ...module, text: 'Copyright Somebody\n\nDo so.\n\nOr not.\n' }]);
    expect(text).toContain('Files: node_modules/x/*\nCopyright: Somebody\nLicense: BSD-3-Clause\n');
    expect(text).toContain('License: MIT\n Permission is hereby granted');
    expect(text).toMatch(/\n\nLicense: BSD-3-Clause\n Do so\.\n \.\n Or not\.\n$/);
  });

  test.each(['postinst', 'prerm', 'postrm'])('%s is a shell script that stops at errors', (name) => {
    const path = join(process.cwd(), 'packaging/debian', name);
    expect(spawnSync('sh', ['-n', path], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(path, 'utf8')).toMatch(/^#!\/bin\/sh\nset -e\n/);
  });

  test('does not depend on umask and time', () => {
    const root = mkdtempSync(join(tmpdir(), 'vmclockd-tree-'));
    try {
      mkdirSync(join(root, 'bin'), { mode: 0o700 });
      writeFileSync(join(root, 'bin/run'), '', { mode: 0o600 });
      writeFileSync(join(root, 'text'), '', { mode: 0o777 });
      normalise(root, 1000, new Set(['bin/run']));
      const facts = ['bin', 'bin/run', 'text'].map((name) => statSync(join(root, name)));
      expect(facts.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['755', '755', '644']);
      expect(facts.map(({ mtimeMs }) => mtimeMs)).toEqual([1e6, 1e6, 1e6]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
