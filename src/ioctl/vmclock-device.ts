import { SystemError } from './system-error.js';
import { decodeVmclockPage } from './vmclock-decode.js';
import { type VmclockKernel, vmclockKernel } from './vmclock-kernel.js';
import { VMCLOCK_BYTES_WITH_GENERATION } from './vmclock-layout.js';
import { type PageLook, VmclockFlag, type VmclockPage } from './vmclock-page.js';
import { VmclockReader } from './vmclock-reader.js';
import { VmclockSeqlock } from './vmclock-seqlock.js';
import { NO_NOTIFICATIONS, VmclockWatch } from './vmclock-watch.js';

/** The driver maps one page exactly, and rounds a length up to it where the kernel's pages are larger. */
const MAP_BYTES = 4096;

const OPEN_REMEDIES: Readonly<Record<string, string>> = {
  ENOENT:
    'No such device: the hypervisor offers no vmclock device, or the ptp_vmclock module is not loaded (Linux >= 6.13): modprobe ptp_vmclock',
  EACCES:
    'The mode is 0600 root:root unless a udev rule says otherwise: run as root or let the udev rule give the group access; do not chmod a+r: CVE-2026-80724',
  EPERM: 'A sandbox forbids the device: with systemd, add DeviceAllow= for it',
  ENXIO: 'The device node is stale: the ptp_vmclock module was unloaded; modprobe ptp_vmclock',
  ENODEV: 'The device node is stale: the ptp_vmclock module was unloaded; modprobe ptp_vmclock',
};

/**
 * /dev/vmclock0, or a regular file that stands for it.
 *
 * A regular file must stay at least a page long while it is open: touching a mapped page beyond the end of a file
 * that was cut short kills the process (SIGBUS), and nothing here can prevent it. Replace such files by rename(2).
 */
export class VmclockDevice {
  readonly path: string;
  /** 'mapped': a look costs no system call. 'read': mapping was refused, see `mapRefusal`; a look is a pread. */
  readonly mode: 'mapped' | 'read';
  /** Why the page could not be mapped; "" when it is. */
  readonly mapRefusal: string;
  readonly #kernel: VmclockKernel;
  readonly #fd: number;
  readonly #unmap: () => void;
  /** undefined once closed: whoever has no view of the mapping can't touch it. */
  #source: { look(): PageLook } | undefined;
  #page: VmclockPage | undefined;
  #onWake: (() => void) | undefined;
  #watch: VmclockWatch | undefined;
  #lookReason = 'nobody has asked to be woken';

  /**
   * Opens the device, checks that it is a vmclock page, and maps it.
   *
   * @throws SystemError with a remedy when it can't be opened; VmclockPageError when it is no vmclock page; Error when
   * it is a regular file shorter than a page
   */
  static open(path: string, kernel: VmclockKernel = vmclockKernel): VmclockDevice {
    const fd = openWithRemedy(path, kernel);
    try {
      return new VmclockDevice(path, fd, kernel);
    } catch (error) {
      kernel.close(fd);
      throw error;
    }
  }

  private constructor(path: string, fd: number, kernel: VmclockKernel) {
    this.path = path;
    this.#fd = fd;
    this.#kernel = kernel;
    const fileBytes = kernel.fileBytes(fd);
    checkHeader(fd, path, kernel);
    if (fileBytes !== undefined && fileBytes < MAP_BYTES) {
      throw new Error(
        `${path}: a regular file of ${fileBytes} bytes can't stand for a vmclock page: mapping it would crash (SIGBUS); make it ${MAP_BYTES} bytes long`,
      );
    }
    const mapping = mapOrRefusal(fd, path, kernel);
    if (typeof mapping === 'string') {
      this.mode = 'read';
      this.mapRefusal = mapping;
      this.#unmap = () => {};
      this.#source = new VmclockReader(fd, path, kernel, fileBytes !== undefined);
    } else {
      this.mode = 'mapped';
      this.mapRefusal = '';
      this.#unmap = mapping.unmap;
      this.#source = new VmclockSeqlock(mapping.buffer, path, kernel.nowNs);
    }
  }

  /**
   * Looks at the page now. Never throws. In mode 'mapped' it takes at most 200 µs, and some 100 ns while nothing has
   * changed; in mode 'read' the driver may take 100 ms over a page that stays odd.
   */
  look(): PageLook {
    if (this.#source === undefined) return { kind: 'unreadable', error: new Error(`${this.path}: closed`) };
    const look = this.#source.look();
    if (look.kind === 'settled' && look.page !== this.#page) this.#onNewPage(look.page);
    return look;
  }

  /** 'poll' while the kernel wakes us at each change; 'look' when somebody has to look. */
  get watching(): 'poll' | 'look' {
    return this.#watch?.ended === '' ? 'poll' : 'look';
  }

  /** Why watching is 'look': a clause for people; "" while it is 'poll'. */
  get lookReason(): string {
    return this.#watch === undefined ? this.#lookReason : this.#watch.ended;
  }

  /**
   * Asks to be woken at changes. Where that can't be, `watching` is 'look' and stays it until rewatch().
   *
   * @param onWake called after each wake. Also called once when watching falls back from 'poll' to 'look' upon a wake;
   * when look() itself finds the notification flag gone, only `watching` changes.
   */
  watch(onWake: () => void): void {
    this.#onWake = onWake;
    this.rewatch();
  }

  /** Tries again to be woken, where watching is 'look': after a migration the new hypervisor may send notifications. */
  rewatch(): void {
    const onWake = this.#onWake;
    if (onWake === undefined || this.#source === undefined || this.watching === 'poll') return;
    this.#watch = undefined;
    const look = this.look();
    if (look.kind !== 'settled') {
      this.#lookReason = look.kind === 'unsettled' ? 'the page is being updated' : look.error.message;
    } else if ((look.page.flags & VmclockFlag.NOTIFICATION_PRESENT) === 0n) {
      this.#lookReason = NO_NOTIFICATIONS;
    } else {
      this.#startWatch(onWake);
    }
  }

  /** Ends watching, unmaps and closes. Later looks say unreadable; later calls of close() do nothing. */
  close(): void {
    if (this.#source === undefined) return;
    this.#source = undefined;
    this.#onWake = undefined;
    this.#watch?.end('closed');
    this.#unmap();
    this.#kernel.close(this.#fd);
  }

  #startWatch(onWake: () => void): void {
    try {
      this.#watch = new VmclockWatch(this.#fd, this.path, this.#kernel, onWake);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.#lookReason = error.code === 'EPERM' ? 'the driver has no poll (Linux before 7.0)' : error.message;
    }
  }

  /** A flag that is gone means another hypervisor: poll would report a hangup for ever. */
  #onNewPage(page: VmclockPage): void {
    this.#page = page;
    if ((page.flags & VmclockFlag.NOTIFICATION_PRESENT) === 0n) this.#watch?.end(NO_NOTIFICATIONS);
  }
}

function openWithRemedy(path: string, kernel: VmclockKernel): number {
  try {
    return kernel.open(path);
  } catch (error) {
    const remedy = error instanceof SystemError ? OPEN_REMEDIES[error.code] : undefined;
    throw error instanceof SystemError && remedy !== undefined ? error.withRemedy(remedy) : error;
  }
}

/** The constant fields can be read at any moment, also during an update. */
function checkHeader(fd: number, path: string, kernel: VmclockKernel): void {
  const bytes = new Uint8Array(VMCLOCK_BYTES_WITH_GENERATION);
  try {
    const length = kernel.pread(fd, bytes, path);
    const page = decodeVmclockPage(bytes.subarray(0, length), path);
    if (page instanceof Error) throw page;
  } catch (error) {
    // A page that stays odd: a vmclock device all the same. The looks will tell when it has settled.
    if (!(error instanceof SystemError && error.code === 'ETIMEDOUT')) throw error;
  }
}

function mapOrRefusal(
  fd: number,
  path: string,
  kernel: VmclockKernel,
): ReturnType<VmclockKernel['mapReadOnly']> | string {
  try {
    return kernel.mapReadOnly(fd, MAP_BYTES, path);
  } catch (error) {
    if (error instanceof SystemError) return error.message;
    throw error;
  }
}
