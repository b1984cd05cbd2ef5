import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Arch } from './arch.js';
import { cacheFolder } from './folders.js';
import type { GuestShell } from './guest-shell.js';
import { type Disruption, Hypervisor } from './hypervisor.js';
import type { PageFields } from './page-writer.js';
import { type GuestParts, Qemu, type QemuOptions } from './qemu.js';

export interface GuestOptions {
  /** 'time': a page with a valid line. 'marker-only': as QEMU and Firecracker ship it, without time. */
  readonly page?: 'time' | 'marker-only';
  /** Fields that differ from a good page's. */
  readonly fields?: Partial<PageFields>;
  /** The page's time runs ahead of UTC by this, ns (37 s for a TAI page). */
  readonly timeOffsetNs?: bigint;
  readonly systemd?: boolean;
  /** A system as Debian's installer would leave it, where packages can be installed. */
  readonly debian?: boolean;
}

/** A page that carries no time: what the guest can learn from it is that it was disrupted. */
const MARKER_ONLY: Partial<PageFields> = { counterId: 0xff, clockStatus: 0, flags: 0n, taiOffsetSec: 0 };
const GOOD: Partial<PageFields> = { clockStatus: 2, flags: 1n, timeType: 0, taiOffsetSec: 37 };

function fieldsFor(arch: Arch, { page, fields }: GuestOptions): Partial<PageFields> {
  return { ...GOOD, counterId: arch.counterId, ...(page === 'marker-only' ? MARKER_ONLY : {}), ...fields };
}

const BOOT_TIMEOUT_MS = 150_000;

/** A running guest with its page, its shell and its console. */
export class Guest {
  readonly arch: Arch;
  readonly hypervisor: Hypervisor;
  readonly #parts: GuestParts;
  #qemu: Qemu;
  #hertz = 1e9;

  private constructor(arch: Arch, parts: GuestParts, qemu: Qemu, hypervisor: Hypervisor) {
    this.arch = arch;
    this.#parts = parts;
    this.#qemu = qemu;
    this.hypervisor = hypervisor;
  }

  get shell(): GuestShell {
    return this.#qemu.shell;
  }

  /** Boots until the shell answers and the vmclock driver has taken the page. */
  static async boot(arch: Arch, allParts: GuestParts, options: GuestOptions = {}): Promise<Guest> {
    const { debianRoot } = allParts;
    if (options.debian && debianRoot === undefined) throw new Error('no root with a package database was prepared');
    const parts = options.debian && debianRoot !== undefined ? { ...allParts, root: debianRoot } : allParts;
    const qemuOptions: QemuOptions = options.systemd ? { init: '/usr/lib/systemd/systemd' } : {};
    const qemu = await Qemu.start(arch, parts, qemuOptions);
    const hypervisor = new Hypervisor(arch, qemu.qtest);
    const guest = new Guest(arch, parts, qemu, hypervisor);
    try {
      await guest.#start(fieldsFor(arch, options), options.timeOffsetNs ?? 0n);
      return guest;
    } catch (error) {
      throw new Error(`${arch.name} guest: ${String(error)}\nconsole log: ${guest.keepConsole('boot')}`, {
        cause: await qemu.stop(),
      });
    }
  }

  async #start(fields: Partial<PageFields>, timeOffsetNs: bigint): Promise<void> {
    // 1 GHz is QEMU's arm64 counter. On x86 the frequency is what the guest's kernel has measured, known only later:
    // there the driver is a module and comes last.
    this.hypervisor.followHost(this.#hertz, timeOffsetNs);
    await this.hypervisor.initialise(fields);
    await this.resume();
    await this.shell.ready(BOOT_TIMEOUT_MS);
    if (this.arch.counter === 'tsc') {
      this.#hertz = await this.#measuredTscHertz();
      this.hypervisor.followHost(this.#hertz, timeOffsetNs);
      await this.hypervisor.initialise();
    }
    await this.shell.output('modprobe ptp_vmclock; mkdir -p /run/bench');
    await this.#deviceAppears();
  }

  /** What the guest's kernel takes the TSC's frequency to be, once it has finished measuring. */
  async #measuredTscHertz(): Promise<number> {
    const megahertz = await this.shell.output(
      `until grep -qx tsc /sys/devices/system/clocksource/clocksource0/current_clocksource; do sleep 0.1; done
      dmesg | sed -nE 's/.*tsc: (Detected|Refined TSC clocksource calibration:) ([0-9.]+) MHz.*/\\2/p' | tail -n 1`,
    );
    if (!(Number(megahertz) > 0)) throw new Error(`the guest's kernel names no TSC frequency: '${megahertz}'`);
    return Number(megahertz) * 1e6;
  }

  /** Makes a guest that has served before as good as one booted with these options: another page, the clock put right. */
  async adopt(options: GuestOptions): Promise<void> {
    await this.rebind(fieldsFor(this.arch, options), options.timeOffsetNs);
    await this.shell.output(`date -s @${(Date.now() / 1000).toFixed(3)}`);
  }

  /** Lets the driver go, writes another page, and lets the driver meet it as if it had booted with it. */
  async rebind(fields: Partial<PageFields>, timeOffsetNs = 0n): Promise<void> {
    const driver = '/sys/bus/platform/drivers/vmclock';
    const device = await this.shell.output(`basename $(dirname ${driver}/*/driver)`);
    await this.shell.output(`echo ${device} > ${driver}/unbind`);
    this.hypervisor.followHost(this.#hertz, timeOffsetNs);
    await this.hypervisor.initialise(fields);
    await this.shell.output(`echo ${device} > ${driver}/bind`);
    await this.#deviceAppears();
  }

  async #deviceAppears(): Promise<void> {
    await this.shell.output('for i in $(seq 300); do [ -c /dev/vmclock0 ] && exit 0; sleep 0.1; done; exit 1');
  }

  /**
   * Saves the guest with one QEMU and goes on with another, as a migration does. The counter stands meanwhile and
   * true time does not, so the line jumps by the outage.
   * @returns the outage, ms.
   */
  async migrate(): Promise<number> {
    const state = join(cacheFolder, `state-${this.arch.debian}`);
    await this.pause();
    const stopped = performance.now();
    await this.#qemu.qmp.command('migrate', { uri: `file:${state}` });
    await this.#until('query-migrate', 'completed');
    await this.#qemu.stop();
    this.#qemu = await Qemu.start(this.arch, this.#parts, { incoming: state });
    await this.#until('query-status', 'paused');
    rmSync(state);
    await this.hypervisor.moved(this.#qemu.qtest);
    const outageMs = performance.now() - stopped;
    await this.hypervisor.disrupt({ stepNs: outageMs * 1e6, marker: !this.arch.deviceMigrates });
    await this.resume();
    return outageMs;
  }

  async #until(query: string, wanted: string): Promise<void> {
    for (let i = 0; i < 600; i += 1) {
      const answer = await this.#qemu.qmp.command(query);
      const status = typeof answer === 'object' && answer !== null && 'status' in answer ? answer.status : undefined;
      if (status === wanted) return;
      if (status === 'failed') throw new Error(`${query}: ${JSON.stringify(answer)}`);
      await delay(50);
    }
    throw new Error(`${query} did not become ${wanted}`);
  }

  /**
   * Breaks with the old line as a hypervisor does: while no processor of the guest runs.
   * @param options.oddForMs the guest runs for so long with the page half written.
   * @param options.notify raises the device's interrupt, too.
   */
  async disrupt(disruption: Disruption, options: { oddForMs?: number; notify?: boolean } = {}): Promise<void> {
    await this.pause();
    if (options.oddForMs === undefined) await this.hypervisor.disrupt(disruption);
    else
      await this.hypervisor.disrupt(disruption, async () => {
        await this.resume();
        await delay(options.oddForMs);
        await this.pause();
      });
    if (options.notify) await this.hypervisor.notify();
    await this.resume();
  }

  /** Calls back for each line that a program in the guest writes to /dev/hvc1, until the next migration. */
  onTold(callback: (line: string) => void): void {
    this.#qemu.onTold(callback);
  }

  async pause(): Promise<void> {
    await this.#qemu.qmp.command('stop');
    this.hypervisor.paused();
  }

  async resume(): Promise<void> {
    this.hypervisor.resumed();
    await this.#qemu.qmp.command('cont');
  }

  /** Copies the console's log to a place that outlives the guest, and returns its path. */
  keepConsole(name: string): string {
    const path = join(cacheFolder, `console-${this.arch.debian}-${name.replace(/\W+/g, '-')}.log`);
    copyFileSync(this.#qemu.consolePath, path);
    return path;
  }

  async stop(): Promise<void> {
    await this.#qemu.stop();
  }
}
