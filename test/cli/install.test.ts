import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vmclockd-install-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function vmclockd(...argv: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...argv, '--root', root], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

const files = () =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));

describe('vmclockd install and uninstall', () => {
  test('put everything in place on Debian, and take it away', () => {
    mkdirSync(join(root, 'etc/chrony/conf.d'), { recursive: true });
    const installed = vmclockd('install');
    expect(installed).toMatchObject({ code: 0, err: '' });
    expect(installed.out).toContain('systemctl restart chrony ');
    expect(files()).toEqual(
      expect.arrayContaining([
        '/usr/local/lib/systemd/system/vmclockd.service',
        '/usr/local/lib/udev/rules.d/60-vmclockd.rules',
        '/etc/vmclockd/vmclockd.toml',
        '/etc/chrony/conf.d/vmclockd.conf',
      ]),
    );
    const unit = readFileSync(join(root, 'usr/local/lib/systemd/system/vmclockd.service'), 'utf8');
    expect(unit).toContain(`${MAIN} run\n`);
    expect(vmclockd('uninstall')).toMatchObject({ code: 0, err: '' });
    expect(files()).toEqual([]);
    expect(existsSync(join(root, 'etc/vmclockd'))).toBe(false);
  });

  test('add one line to chrony.conf where there is no conf.d, as on Fedora, and take it away', () => {
    mkdirSync(join(root, 'etc'));
    writeFileSync(join(root, 'etc/chrony.conf'), 'rtcsync\n');
    expect(vmclockd('install').out).toContain('systemctl restart chronyd ');
    expect(vmclockd('install').code).toBe(0);
    expect(readFileSync(join(root, 'etc/chrony.conf'), 'utf8').match(/^include/gm)).toHaveLength(1);
    expect(vmclockd('uninstall').code).toBe(0);
    expect(readFileSync(join(root, 'etc/chrony.conf'), 'utf8')).toBe('rtcsync\n');
    expect(files()).toEqual(['/etc/chrony.conf']);
  });

  test('leave changed configuration alone', () => {
    vmclockd('install');
    appendFileSync(join(root, 'etc/vmclockd/vmclockd.toml'), 'refid = "MINE"\n');
    expect(vmclockd('install').out).toContain(
      '/etc/vmclockd/vmclockd.toml.new (what is there is not as we wrote it and stays',
    );
    vmclockd('uninstall');
    expect(files()).toEqual(['/etc/vmclockd/vmclockd.toml']);
    expect(readFileSync(join(root, 'etc/vmclockd/vmclockd.toml'), 'utf8')).toMatch(/refid = "MINE"\n$/);
  });

  test.each(['', '# a note edited by the administrator\n'])(
    'keep the file that a line of chrony.conf still includes: %j',
    (note) => {
      mkdirSync(join(root, 'etc'));
      const conf = `${note}include /etc/vmclockd/chrony.conf\n`;
      writeFileSync(join(root, 'etc/chrony.conf'), conf);
      vmclockd('install');
      expect(vmclockd('uninstall').out).toContain('/etc/chrony.conf includes it, and chronyd does not start without');
      expect(files().sort()).toEqual(['/etc/chrony.conf', '/etc/vmclockd/chrony.conf']);
    },
  );

  test('keep the bytes, the mode and the symlink of chrony.conf', () => {
    mkdirSync(join(root, 'etc/real'), { recursive: true });
    const conf = Buffer.from('# horloge \xe9talon\n', 'latin1');
    writeFileSync(join(root, 'etc/real/chrony.conf'), conf);
    chmodSync(join(root, 'etc/real/chrony.conf'), 0o640);
    symlinkSync('real/chrony.conf', join(root, 'etc/chrony.conf'));
    expect(vmclockd('install')).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(root, 'etc/real/chrony.conf')).subarray(0, conf.length)).toEqual(conf);
    expect(readFileSync(join(root, 'etc/real/chrony.conf'), 'latin1')).toContain('include ');
    expect(vmclockd('uninstall')).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(root, 'etc/real/chrony.conf'))).toEqual(conf);
    expect(lstatSync(join(root, 'etc/chrony.conf')).isSymbolicLink()).toBe(true);
    expect(statSync(join(root, 'etc/chrony.conf')).mode & 0o777).toBe(0o640);
  });

  test('refuse a symlink that leads out of --root', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'vmclockd-elsewhere-'));
    try {
      mkdirSync(join(elsewhere, 'conf.d'));
      mkdirSync(join(root, 'etc'));
      symlinkSync(elsewhere, join(root, 'etc/chrony'));
      const { code, err } = vmclockd('install');
      expect(code).toBe(1);
      expect(err).toContain(`leads out of --root ${root}, to ${elsewhere}`);
      expect(files()).toEqual([]);
      expect(readdirSync(join(elsewhere, 'conf.d'))).toEqual([]);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  test('know what is theirs after an install that failed half-way', () => {
    writeFileSync(join(root, 'etc'), '');
    expect(vmclockd('install').code).toBe(1);
    rmSync(join(root, 'etc'));
    expect(vmclockd('install').code).toBe(0);
    expect(vmclockd('uninstall').code).toBe(0);
    expect(files()).toEqual([]);
  });

  test('refuse a chrony.conf that is a symlink out of --root, before anything is written', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'vmclockd-elsewhere-'));
    try {
      writeFileSync(join(elsewhere, 'chrony.conf'), 'rtcsync\n');
      mkdirSync(join(root, 'etc'));
      symlinkSync(join(elsewhere, 'chrony.conf'), join(root, 'etc/chrony.conf'));
      expect(vmclockd('install').err).toContain(`leads out of --root ${root}`);
      expect(files()).toEqual([]);
      expect(readFileSync(join(elsewhere, 'chrony.conf'), 'utf8')).toBe('rtcsync\n');
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  test('keep a unit made by hand', () => {
    const unit = join(root, 'usr/local/lib/systemd/system/vmclockd.service');
    mkdirSync(dirname(unit), { recursive: true });
    writeFileSync(unit, 'by hand');
    expect(vmclockd('install').out).toContain('/vmclockd.service.new (what is there is not as we wrote it');
    expect(vmclockd('uninstall').code).toBe(0);
    expect(files()).toEqual([unit.slice(root.length)]);
    expect(readFileSync(unit, 'utf8')).toBe('by hand');
  });

  test('refuse an empty --root, which is not the running system', () => {
    const argv = ['install', '--dry-run', '--root', ''];
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...argv], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([1, expect.stringContaining('--root is empty')]);
  });

  test('change nothing with --dry-run', () => {
    expect(vmclockd('install', '--dry-run').out).toContain('Nothing was changed');
    expect(files()).toEqual([]);
  });

  test('say what is wrong and what to do', () => {
    expect(vmclockd('uninstall')).toMatchObject({ code: 1 });
    expect(vmclockd('install', '--prefix', 'usr').err).toContain('it must begin with "/"');
    writeFileSync(join(root, 'usr'), '');
    const { code, err } = vmclockd('install');
    expect(code).toBe(1);
    expect(err).toMatch(/^vmclockd: cannot write .*: (EEXIST|ENOTDIR): see what is at that path/);
  });
});
