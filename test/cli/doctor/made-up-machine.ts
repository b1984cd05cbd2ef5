import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { judge } from '../../../src/cli/doctor/all-checks.js';
import type { Finding } from '../../../src/cli/doctor/finding.js';
import { gatherDoctorFacts } from '../../../src/cli/doctor/gather-doctor-facts.js';
import type { Outside } from '../../../src/cli/doctor/outside.js';
import { StatusUnreachableError } from '../../../src/cli/status-client.js';
import type { StatusDocument } from '../../../src/daemon/status-document.js';
import { SystemError } from '../../../src/ioctl/system-error.js';
import { markerOnlyPage } from '../../../src/sim/virtual-page.js';
import { exampleStatus } from '../../daemon/status/example-status.js';

/** QEMU's page: the marker, and no time. */
const PAGE = markerOnlyPage(undefined);

const ROOT_ONLY = 0o600;
/** As the daemon of such a machine answers. */
export function statusOf(more: Partial<StatusDocument> = {}): StatusDocument {
  const status = exampleStatus();
  const phc = status.phc === null ? null : { ...status.phc, path: '/dev/ptp_kvm', name: 'KVM virtual PTP' };
  return { ...status, pid: 400, phc, ...more };
}

export const OUR_LINE = 'refclock SOCK /run/chrony.vmclockd.sock refid VMCK poll 0 filter 16 precision 1e-9\n';

/**
 * A machine in a temporary folder: /proc, /sys, /dev, /etc and /run as a Debian guest on QEMU has them, all in order,
 * to be spoilt by a test.
 */
export class MadeUpMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'vmclockd-doctor-'));
  readonly #servers: Server[] = [];
  /** What the daemon answers; null: nobody does. */
  status: StatusDocument | null = statusOf();

  /** A machine on which all is well. */
  static async sound(): Promise<MadeUpMachine> {
    const machine = new MadeUpMachine();
    const { put } = machine;
    put('proc/sys/kernel/osrelease', '7.2.12+deb14-cloud-amd64\n');
    put('proc/sys/kernel/version', '#1 SMP PREEMPT_DYNAMIC Debian 7.2.12-1 (2026-10-30)\n');
    put('proc/cpuinfo', 'flags\t\t: fpu tsc hypervisor\n');
    put('sys/class/dmi/id/sys_vendor', 'QEMU\n');
    put('sys/devices/system/clocksource/clocksource0/current_clocksource', 'tsc\n');
    put('sys/module/ptp_kvm/initstate', 'live\n');
    put('sys/module/ptp_vmclock/initstate', 'live\n');
    put('sys/module/apparmor/parameters/enabled', 'Y\n');
    put('sys/bus/acpi/devices/AMZNC10C:00/status', '15\n');
    put('sys/class/ptp/ptp0/clock_name', 'KVM virtual PTP\n');
    put(
      'lib/modules/7.2.12+deb14-cloud-amd64/modules.dep',
      'kernel/drivers/ptp/ptp_kvm.ko.xz:\nkernel/ptp/ptp_vmclock.ko.xz:\n',
    );
    put('etc/modules-load.d/ptp.conf', '# for the clock\nptp-kvm\n');
    put('dev/ptp0', '', ROOT_ONLY);
    put('dev/vmclock0', '', ROOT_ONLY);
    symlinkSync('ptp0', join(machine.root, 'dev/ptp_kvm'));
    put('usr/sbin/chronyd', '');
    put('usr/lib/systemd/system/chrony.service', '');
    put('usr/share/zoneinfo/leap-seconds.list', '');
    put(
      'etc/apparmor.d/usr.sbin.chronyd',
      '/usr/sbin/chronyd {\n  @{run}/chrony/{,*} rw,\n  @{run}/chrony.*.sock rw,\n}\n',
    );
    put(
      'etc/chrony/chrony.conf',
      'confdir /etc/chrony/conf.d\npool 2.debian.pool.ntp.org iburst\nmakestep 1 3\nleapseclist /usr/share/zoneinfo/leap-seconds.list\n',
    );
    put('etc/chrony/conf.d/vmclockd.conf', OUR_LINE);
    machine.process(1, 'systemd', ['/sbin/init']);
    machine.process(300, 'chronyd', ['/usr/sbin/chronyd', '-F', '1'], 'chrony.service');
    machine.process(301, 'chronyd', ['/usr/sbin/chronyd', '-F', '1'], 'chrony.service', 300);
    machine.process(
      400,
      'node',
      ['/usr/bin/node', '/usr/lib/vmclockd/build/src/cli/main.js', 'run'],
      'vmclockd.service',
    );
    await machine.socket('run/chrony.vmclockd.sock');
    return machine;
  }

  /** Writes a file, and the folders above it. */
  readonly put = (path: string, text: string, mode?: number): void => {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (mode !== undefined) chmodSync(file, mode);
  };

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  process(pid: number, name: string, command: readonly string[], unit = '', parent = 1): void {
    this.put(`proc/${pid}/status`, `Name:\t${name}\nPPid:\t${parent}\nUid:\t0\t0\t0\t0\nCapEff:\t0000000000000002\n`);
    this.put(`proc/${pid}/cmdline`, command.map((word) => `${word}\0`).join(''));
    if (unit !== '') this.put(`proc/${pid}/cgroup`, `0::/system.slice/${unit}\n`);
  }

  /** Nobody runs it any more. */
  stop(...pids: number[]): void {
    for (const pid of pids) this.remove(`proc/${pid}`);
  }

  async socket(path: string): Promise<void> {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(this.root, path), resolve));
    this.#servers.push(server);
  }

  /** chronyd makes no socket. */
  noSocket(): void {
    unlinkSync(join(this.root, 'run/chrony.vmclockd.sock'));
  }

  /** The daemon is not there. */
  noDaemon(): void {
    this.stop(400);
    this.status = null;
  }

  async findings(change: Partial<Outside> = {}): Promise<Finding[]> {
    return judge(await gatherDoctorFacts({ ...this.#outside(), ...change }));
  }

  close(): void {
    for (const server of this.#servers) server.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  #outside(): Outside {
    const refuse = (errno: number, request: string) => (): never => {
      throw new SystemError(`ioctl ${request}`, errno, '/dev/ptp0');
    };
    return {
      root: this.root,
      uid: 0,
      openClock: () => ({
        caps: () => ({ maxAdjustmentPpb: 0, crossTimestamping: true, pulsePerSecond: false }),
        precise: refuse(19, 'PTP_SYS_OFFSET_PRECISE'),
        extended: refuse(95, 'PTP_SYS_OFFSET_EXTENDED'),
        basic: () => [{ beforeNs: 1000n, deviceNs: 1600n, afterNs: 2300n }],
        close: () => undefined,
      }),
      openPage: () => ({
        look: () => ({ kind: 'settled', page: PAGE }),
        watch: () => undefined,
        watching: 'look',
        close: () => undefined,
      }),
      kernelTaiOffsetSeconds: () => 37,
      fetchStatus: async (socket) => {
        if (this.status === null) throw new StatusUnreachableError(`no daemon: there is no socket ${socket}`, 'ENOENT');
        return JSON.stringify(this.status);
      },
      chronydVersion: async () => 'chronyd (chrony) version 4.6.1 (+CMDMON +REFCLOCK +PRIVDROP)\n',
    };
  }
}
