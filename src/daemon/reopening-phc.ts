import type { MethodRefusal } from '../ioctl/method-refusal.js';
import type { PhcReader } from '../ioctl/phc-reader.js';
import type { ReadingBatch, ReadingMethod } from '../ioctl/reading.js';
import { SystemError } from '../ioctl/system-error.js';
import type { ClockPort, PhcPort } from './ports.js';

/** A device that was unplugged is looked for again this often, ns. */
const RETRY_NS = 1e9;
/** The descriptor is of a device that is gone, or nothing works on it any more. */
const GONE: ReadonlySet<string> = new Set(['ENODEV', 'ENXIO', 'EIO', 'EOPNOTSUPP', 'ENOTTY']);

/** A PHC that is opened again where its device went away and came back (a driver reloaded, a device replugged). */
export class ReopeningPhc implements PhcPort {
  readonly #clock: ClockPort;
  readonly #reopen: () => PhcReader;
  #phc: PhcReader;
  #goneSinceRawNs: bigint | undefined;

  /** @param reopen opens the same device; throws when it is not there, or another clock is in its place */
  constructor(phc: PhcReader, clock: ClockPort, reopen: () => PhcReader) {
    this.#phc = phc;
    this.#clock = clock;
    this.#reopen = reopen;
  }

  get path(): string {
    return this.#phc.path;
  }

  get clockName(): string {
    return this.#phc.clockName;
  }

  get method(): ReadingMethod | undefined {
    return this.#phc.method;
  }

  get refusals(): readonly MethodRefusal[] {
    return this.#phc.refusals;
  }

  read(): ReadingBatch {
    try {
      const batch = this.#phc.read();
      this.#goneSinceRawNs = undefined;
      return batch;
    } catch (error) {
      if (!(error instanceof SystemError) || !GONE.has(error.code) || !this.#isTimeToReopen()) throw error;
      return this.#readAnew(error);
    }
  }

  /** @param gone why: told again where the device is not back, so that one trouble has one message */
  #readAnew(gone: SystemError): ReadingBatch {
    let fresh: PhcReader;
    try {
      fresh = this.#reopen();
    } catch (error) {
      if (error instanceof SystemError) throw gone;
      throw error;
    }
    this.#phc.close();
    this.#phc = fresh;
    return fresh.read();
  }

  reprobe(): void {
    this.#phc.reprobe();
  }

  close(): void {
    this.#phc.close();
  }

  #isTimeToReopen(): boolean {
    const now = this.#clock.monotonicRawNs();
    if (this.#goneSinceRawNs !== undefined && Number(now - this.#goneSinceRawNs) < RETRY_NS) return false;
    this.#goneSinceRawNs = now;
    return true;
  }
}
