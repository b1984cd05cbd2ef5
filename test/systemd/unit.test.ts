import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../src/daemon/config/settings.js';

const UNIT = readFileSync(join(process.cwd(), 'systemd/vmclockd.service'), 'utf8');
const RULES = readFileSync(join(process.cwd(), 'systemd/60-vmclockd.rules'), 'utf8');
const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** All values of a directive, in order. */
function values(directive: string): string[] {
  return [...UNIT.matchAll(new RegExp(`^${directive}=(.*)$`, 'gm'))].map((match) => match[1] ?? '');
}

describe('vmclockd.service', () => {
  test('starts Node with flags that this Node takes', () => {
    const [node, ...rest] = (values('ExecStart')[0] ?? '').split(' ');
    const script = rest.findIndex((word) => !word.startsWith('-'));
    expect(node).toBe('/usr/bin/node');
    expect(rest.slice(script)).toEqual(['/usr/lib/vmclockd/build/src/cli/main.js', 'run']);
    const environment = Object.fromEntries(values('Environment').map((pair) => pair.split('=')));
    const ended = spawnSync(process.execPath, [...rest.slice(0, script), MAIN, 'run', '--config', '/no/such/file'], {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    });
    // Our own message: so Node took its flags, and koffi, pino and the rest loaded without a JIT.
    expect(ended.stderr).toContain('vmclockd: /no/such/file: cannot be read: ENOENT');
    expect(ended.status).toBe(Number(values('RestartPreventExitStatus')[0]));
  });

  test('makes the directories of the default paths', () => {
    expect(DEFAULT_SETTINGS.statusSocket).toMatch(new RegExp(`^/run/${values('RuntimeDirectory')[0]}/`));
    expect(DEFAULT_SETTINGS.stateFile).toMatch(new RegExp(`^/var/lib/${values('StateDirectory')[0]}/`));
    expect(values('ReadWritePaths')).toEqual(['/run']);
  });

  test('runs without root, with one power over files', () => {
    expect(values('DynamicUser')).toEqual(['yes']);
    expect(values('CapabilityBoundingSet')).toEqual(['CAP_DAC_OVERRIDE']);
    expect(values('AmbientCapabilities')).toEqual(['CAP_DAC_OVERRIDE']);
  });

  test('leaves no network', () => {
    expect(values('PrivateNetwork')).toEqual(['yes']);
    expect(values('RestrictAddressFamilies')).toEqual(['AF_UNIX']);
  });

  test('lets the daemon start programs', () => {
    // systemd-notify, and what is run on events.
    expect(values('SystemCallFilter')).toEqual(['@system-service', expect.stringMatching(/^~(?!.*@process)/)]);
  });

  test('gives no power to set the clock', () => {
    expect(values('ProtectClock')).toEqual(['yes']);
    for (const access of values('DeviceAllow')) expect(access).toMatch(/^\S+ r$/);
  });

  test('hears READY from the child that says it', () => {
    expect(values('Type')).toEqual(['notify']);
    expect(values('NotifyAccess')).toEqual(['all']);
  });
});

describe('60-vmclockd.rules', () => {
  test('never lets everybody read the page', () => {
    const modes = [...RULES.matchAll(/MODE="(\d+)"/g)].map((match) => match[1]);
    expect(modes).toEqual(['0640']);
    expect(RULES).toMatch(/^SUBSYSTEM=="misc", KERNEL=="vmclock\[0-9\]\*", GROUP="clock", MODE="0640"$/m);
  });

  test.each([
    ['KVM virtual PTP', 'ptp_kvm'],
    ['hyperv', 'ptp_hyperv'],
    ['ptp_vmw', 'ptp_vmware'],
    ['vmclock0', 'ptp_vmclock'],
  ])('the clock named "%s" is /dev/%s', (clockName, link) => {
    expect(RULES).toContain(`SUBSYSTEM=="ptp", ATTR{clock_name}=="${clockName}", SYMLINK+="${link}"\n`);
  });
});
