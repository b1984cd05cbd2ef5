import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Arch } from './arch.js';
import { GuestShell } from './guest-shell.js';
import { connectWhenReady, onLines } from './line-socket.js';
import { Qmp } from './qmp.js';
import { Qtest } from './qtest.js';
import { firmwareFolders, tool } from './toolchain.js';

/** What a guest is made of: paths on the host. */
export interface GuestParts {
  readonly kernel: string;
  readonly initramfs: string;
  readonly root: string;
  /** A root with a package database; only where a scenario wants one. */
  readonly debianRoot?: string | undefined;
  readonly product: string;
  readonly deviceTree: string | undefined;
}

export interface QemuOptions {
  /** Program the initramfs hands over to. */
  readonly init?: string;
  /** A saved state to go on from instead of booting. */
  readonly incoming?: string;
}

/** QEMU processes of this test run, so that none outlives it. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const FOLDER_PREFIX = 'vmclockd-vm-';

/** Removes the folders of bench runs that were killed before they could. */
export function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${FOLDER_PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** One QEMU process with its ports. It starts paused, so that the page can be filled in before the guest looks. */
export class Qemu {
  readonly qmp: Qmp;
  readonly qtest: Qtest;
  readonly shell: GuestShell;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #tell: Socket;
  #onTold: (line: string) => void = () => undefined;

  private constructor(child: ChildProcess, folder: string, qmp: Qmp, qtest: Qtest, shell: GuestShell, tell: Socket) {
    this.#child = child;
    this.#folder = folder;
    this.#tell = tell;
    tell.on('error', () => undefined);
    onLines(tell, (line) => this.#onTold(line));
    this.qmp = qmp;
    this.qtest = qtest;
    this.shell = shell;
  }

  static async start(arch: Arch, parts: GuestParts, options: QemuOptions = {}): Promise<Qemu> {
    const folder = mkdtempSync(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
    const log = openSync(join(folder, 'qemu.log'), 'w');
    // The kernel kills QEMU when this process dies, whatever it dies of.
    const command = [
      'setpriv',
      '--pdeathsig',
      'KILL',
      ...tool(arch.qemu),
      ...qemuArguments(arch, parts, folder, options),
    ];
    const [file = '', ...args] = command;
    const child = spawn(file, args, { stdio: ['ignore', log, log] });
    running.add(child);
    let ended = false;
    child.on('exit', () => {
      ended = true;
      running.delete(child);
    });
    try {
      const qmp = await Qmp.connect(join(folder, 'qmp'));
      const qtest = await Qtest.connect(join(folder, 'qtest'));
      const shell = await GuestShell.connect(join(folder, 'shell'));
      const tell = await connectWhenReady(join(folder, 'tell'));
      return new Qemu(child, folder, qmp, qtest, shell, tell);
    } catch (error) {
      child.kill('SIGKILL');
      const said = readFileSync(join(folder, 'qemu.log'), 'utf8').trim();
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`QEMU ${ended ? 'ended at once' : 'does not answer'}: ${said || String(error)}`);
    }
  }

  /** Calls back for each line the guest writes to its second console. */
  onTold(callback: (line: string) => void): void {
    this.#onTold = callback;
  }

  get consolePath(): string {
    return join(this.#folder, 'console.log');
  }

  /** Ends QEMU and waits for it. Its logs go too. */
  async stop(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) resolve();
      else this.#child.once('exit', () => resolve());
    });
    this.qmp.close();
    this.qtest.close();
    this.shell.socket.destroy();
    this.#tell.destroy();
    this.#child.kill('SIGKILL');
    await gone;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function qemuArguments(arch: Arch, parts: GuestParts, folder: string, options: QemuOptions): string[] {
  const append = [
    `console=${arch.console} panic=-1 quiet`,
    arch.kernelArguments,
    // Nothing to rebuild (linker cache, hardware database): that would take the emulated guest half a minute.
    'systemd.condition_needs_update=0',
    `bench_init=${options.init ?? '/opt/bench/init'}`,
  ];
  const socket = (id: string) => `socket,id=${id},path=${join(folder, id)},server=on,wait=off`;
  return [
    ...arch.machine,
    ...['-accel', 'tcg', '-smp', '1', '-m', String(arch.memoryMiB)],
    ...['-nodefaults', '-display', 'none', '-no-reboot', '-S', ...firmwareFolders],
    ...['-kernel', parts.kernel, '-initrd', parts.initramfs, '-append', append.join(' ')],
    ...(parts.deviceTree === undefined ? [] : ['-dtb', parts.deviceTree]),
    ...['-drive', `if=none,id=root,format=raw,readonly=on,file=${parts.root}`, '-device', 'virtio-blk-pci,drive=root'],
    ...['-drive', `if=none,id=product,format=raw,readonly=on,file=${parts.product}`],
    ...['-device', 'virtio-blk-pci,drive=product', '-device', 'virtio-rng-pci'],
    ...['-serial', `file:${join(folder, 'console.log')}`],
    ...['-chardev', socket('shell'), '-device', 'virtio-serial-pci', '-device', 'virtconsole,chardev=shell'],
    ...['-chardev', socket('tell'), '-device', 'virtconsole,chardev=tell'],
    ...['-chardev', socket('qmp'), '-mon', 'chardev=qmp,mode=control'],
    ...['-qtest', `unix:${join(folder, 'qtest')},server=on,wait=off`, '-qtest-log', 'none'],
    ...(options.incoming === undefined ? [] : ['-incoming', `file:${options.incoming}`]),
  ];
}
