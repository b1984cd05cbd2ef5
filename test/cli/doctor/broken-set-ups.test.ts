import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { formatDoctor } from '../../../src/cli/doctor/format-doctor.js';
import { MadeUpMachine, OUR_LINE, statusOf } from './made-up-machine.js';

let machine: MadeUpMachine;
beforeEach(async () => {
  machine = await MadeUpMachine.sound();
});
afterEach(() => machine.close());

/** What is wrong: `LEVEL id: value → remedy`. */
async function wrong(change = {}): Promise<string[]> {
  const findings = await machine.findings(change);
  return findings
    .filter(({ level }) => level === 'FAIL' || level === 'WARN')
    .map(({ level, id, value, remedy }) => `${level} ${id}: ${value} → ${remedy}`);
}

const HOW_TO_ADD =
  "`echo 'refclock SOCK /run/chrony.vmclockd.sock refid VMCK poll -3 filter 16 precision 1e-9'" +
  ' > /etc/chrony/conf.d/vmclockd.conf` and `systemctl restart chrony`';

describe('doctor on a made-up machine', () => {
  test('on which all is well finds nothing', async () => {
    expect(await wrong()).toEqual([]);
    const text = formatDoctor(await machine.findings(), 100, false);
    expect(text).toContain('OK    Clock             /dev/ptp_kvm (KVM virtual PTP) by BASIC, bracket 1.30 µs\n');
    expect(text).toContain('OK    vmclock page      /dev/vmclock0: the marker only, no time, looked at on a timer\n');
    expect(text).toContain('OK    Refclock line     /etc/chrony/conf.d/vmclockd.conf:1, refid VMCK, poll 0\n');
    expect(text).toContain('OK    Rights            root, CAP_DAC_OVERRIDE only\n');
    expect(text).not.toContain(machine.root);
  });

  test('where the unit loads the module the clock lasts', async () => {
    machine.remove('etc/modules-load.d/ptp.conf');
    machine.put('sys/devices/system/clocksource/clocksource0/current_clocksource', 'tsc\n');
    expect(await wrong()).toEqual([expect.stringMatching(/^WARN modules: .*loaded by hand/)]);
    machine.put('usr/lib/systemd/system/vmclockd.service', '[Unit]\nWants=modprobe@ptp_kvm.service\n');
    expect(await wrong()).toEqual([expect.stringMatching(/^WARN modules/)]);
    machine.put('etc/systemd/system/multi-user.target.wants/vmclockd.service', '');
    expect(await wrong()).toEqual([]);
  });

  test('ClockBound does not set the clock, but resets chronyd as well', async () => {
    machine.process(800, 'clockbound', ['/usr/bin/clockbound'], 'clockbound.service');
    expect(await wrong()).toEqual([
      expect.stringMatching(
        /^WARN competitors: clockbound \(pid 800\) .* → `systemctl disable --now clockbound.service`/,
      ),
    ]);
  });

  test('without any clock names the module', async () => {
    machine.remove('sys/class/ptp');
    machine.remove('sys/module/ptp_kvm');
    machine.remove('dev/ptp0');
    machine.noDaemon();
    expect(await wrong()).toEqual([
      expect.stringMatching(/^FAIL clock: none → .*On KVM: `modprobe ptp_kvm`/),
      expect.stringMatching(/^FAIL daemon: not running → `systemctl enable --now vmclockd`/),
    ]);
  });

  test('with a chrony that has no line of ours gives the line, the file and the restart', async () => {
    machine.remove('etc/chrony/conf.d/vmclockd.conf');
    machine.noSocket();
    const status = statusOf();
    const { chronyd } = status;
    if (chronyd === null) throw new Error('the example has chronyd');
    machine.status = {
      ...status,
      pid: 400,
      chronyd: { ...chronyd, synchronised: false, selectsUs: false, poll: null },
    };
    expect(await wrong()).toEqual([
      `FAIL refclock: none for /run/chrony.vmclockd.sock in /etc/chrony/chrony.conf → ${HOW_TO_ADD}`,
      expect.stringMatching(/^FAIL follows: .*chronyd has no source of ours.* → add the refclock line/),
    ]);
  });

  test('with a refclock line for another socket names both paths, and AppArmor where it forbids one', async () => {
    machine.put('etc/chrony/conf.d/vmclockd.conf', 'refclock SOCK /run/vmclockd/feed.sock refid VMCK poll 0\n');
    machine.stop(300, 301);
    machine.noSocket();
    machine.noDaemon();
    expect(await wrong()).toEqual([
      expect.stringMatching(/^FAIL chronyd: not running → .*journalctl -u chrony/),
      'FAIL refclock: /etc/chrony/conf.d/vmclockd.conf:1 has /run/vmclockd/feed.sock, but vmclockd sends to ' +
        '/run/chrony.vmclockd.sock → put /run/chrony.vmclockd.sock into /etc/chrony/conf.d/vmclockd.conf:1 and ' +
        '`systemctl restart chrony`',
      "FAIL sock-path: /run/vmclockd/feed.sock: AppArmor's profile for chronyd forbids it → use " +
        '/run/chrony.vmclockd.sock in both: the refclock line and sock = "…" in /etc/vmclockd/vmclockd.toml',
      expect.stringMatching(/^FAIL daemon: not running/),
    ]);
    machine.put('etc/apparmor.d/local/usr.sbin.chronyd', '/run/vmclockd/* rw,\n');
    expect((await wrong()).join('\n')).not.toContain('sock-path');
  });

  test('with others at the same clock names each of them and how to be rid of it', async () => {
    machine.put('etc/chrony/conf.d/vmclockd.conf', `${OUR_LINE}refclock PHC /dev/ptp_kvm poll 0 refid PHC0\n`);
    machine.process(500, 'phc2sys', ['/usr/sbin/phc2sys', '-s', '/dev/ptp_kvm', '-O', '0'], 'phc2sys.service');
    machine.process(501, 'systemd-timesyn', ['/usr/lib/systemd/systemd-timesyncd'], 'systemd-timesyncd.service');
    expect(await wrong()).toEqual([
      'FAIL phc-refclock: /etc/chrony/conf.d/vmclockd.conf:2: refclock PHC /dev/ptp_kvm (/dev/ptp0), the clock that ' +
        'vmclockd reads → take the line out (or add `noselect`) and `systemctl restart chrony`',
      'FAIL competitors: phc2sys (pid 500, phc2sys.service), systemd-timesyn (pid 501, systemd-timesyncd.service) → ' +
        '`systemctl disable --now phc2sys.service systemd-timesyncd.service`',
    ]);
  });

  test('with a kernel that has CVE-2026-80724, and a page that everybody may read, says how to shut it', async () => {
    machine.put('proc/sys/kernel/osrelease', '7.2.0-cloud-amd64\n');
    machine.put('proc/sys/kernel/version', '#1 SMP\n');
    machine.put('dev/vmclock0', '', 0o644);
    expect(await wrong()).toEqual([
      'FAIL cve-2026-80724: 7.2.0-cloud-amd64 is affected, and everybody may open /dev/vmclock0 → ' +
        '`chmod o= /dev/vmclock0` now (and in the udev rule), then update the kernel',
    ]);
  });

  test('whose chronyd was not restarted after the line was added says that', async () => {
    machine.noSocket();
    machine.noDaemon();
    expect(await wrong()).toContainEqual(
      'FAIL sock: /run/chrony.vmclockd.sock is missing, though the configuration has its line → ' +
        '`systemctl restart chrony`: it reads refclock lines only when it starts',
    );
  });

  test('whose chronyd follows another source says which', async () => {
    const status = statusOf();
    if (status.chronyd === null) throw new Error('the example has chronyd');
    const chronyd = { ...status.chronyd, synchronised: false, selectsUs: false, refid: 'C0A80001' };
    machine.status = { ...status, pid: 400, chronyd };
    expect(await wrong()).toEqual([
      expect.stringMatching(/^FAIL follows: .*chronyd follows C0A80001 instead of us.*→ `chronyc -n sources`/),
    ]);
  });

  test('is not judged by a chronyd -x that somebody runs beside the true one', async () => {
    machine.process(200, 'chronyd', ['chronyd', '-x', '-d', '-f', '/srv/mine.conf']);
    expect(await wrong()).toEqual([]);
    machine.stop(300, 301);
    machine.process(302, 'chronyd', ['/usr/sbin/chronyd', '-f', '/srv/its.conf']);
    machine.put('srv/its.conf', `makestep 1 3\n${OUR_LINE}${OUR_LINE}`);
    expect(await wrong()).toEqual([
      expect.stringMatching(/^FAIL refclock: two lines for .*: \/srv\/its.conf:2 and \/srv\/its.conf:3/),
    ]);
  });

  test('is asked at the sockets that the running daemon was started with', async () => {
    machine.process(400, 'node', [
      '/usr/bin/node',
      '/opt/vmclockd/main.js',
      'run',
      '--config',
      '/etc/v.toml',
      '--sock=/run/chrony.a.sock',
    ]);
    machine.put('etc/v.toml', 'status_socket = "/run/s.sock"\nlevel = 1\n');
    const asked: string[] = [];
    const fetchStatus = async (socket: string): Promise<string> => {
      asked.push(socket);
      throw new Error('no answer');
    };
    expect(await wrong({ fetchStatus })).toContainEqual(
      expect.stringMatching(/^FAIL settings: \/etc\/v.toml: level: /),
    );
    machine.put('etc/v.toml', 'status_socket = "/run/s.sock"\n');
    expect(await wrong({ fetchStatus })).toContainEqual(
      expect.stringMatching(/^FAIL refclock: .* sends to \/run\/chrony.a.sock/),
    );
    expect(asked.at(-1)).toBe('/run/s.sock');
  });
});

test('an empty machine is no reason to fail, and neither are tools that do', async () => {
  const empty = new MadeUpMachine();
  const broken = (): never => {
    throw new Error('broken');
  };
  try {
    const change = {
      openClock: broken,
      openPage: broken,
      fetchStatus: broken,
      chronydVersion: broken,
      kernelTaiOffsetSeconds: broken,
    };
    expect((await empty.findings({ uid: 1000 })).map(({ level }) => level)).toContain('SKIP');
    const findings = await empty.findings(change);
    expect(findings.filter(({ id }) => id === 'doctor').map(({ value }) => value)).toEqual(['TAI offset: broken']);
    const spoilt = await machine.findings(change);
    expect(spoilt.find(({ id }) => id === 'clock')).toMatchObject({
      level: 'FAIL',
      remedy: expect.stringContaining('broken'),
    });
    expect(spoilt.find(({ id }) => id === 'chrony-version')).toMatchObject({
      level: 'WARN',
      value: '/usr/sbin/chronyd -v: broken',
    });
  } finally {
    empty.close();
  }
});
