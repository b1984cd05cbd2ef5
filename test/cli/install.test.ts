import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    expect(vmclockd('install').out).toContain('/etc/vmclockd/vmclockd.toml.new (yours is changed and stays');
    vmclockd('uninstall');
    expect(files()).toEqual(['/etc/vmclockd/vmclockd.toml']);
    expect(readFileSync(join(root, 'etc/vmclockd/vmclockd.toml'), 'utf8')).toMatch(/refid = "MINE"\n$/);
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
