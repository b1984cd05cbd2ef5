import { decodeBasic } from './decode-basic.js';
import { decodeCaps, type PtpCaps } from './decode-caps.js';
import { decodeExtended } from './decode-extended.js';
import { decodePrecise, type PreciseStamp } from './decode-precise.js';
import { encodeRequest } from './encode-request.js';
import { CLOCK_MONOTONIC_RAW, CLOCK_REALTIME } from './libc.js';
import {
  PTP_CLOCK_GETCAPS,
  PTP_SYS_OFFSET,
  PTP_SYS_OFFSET_EXTENDED,
  PTP_SYS_OFFSET_PRECISE,
  type PtpRequest,
} from './ptp-abi.js';
import { openPtpDevice, type PtpDevice } from './ptp-device.js';
import type { Reading, ReadingBatch } from './reading.js';
import { SystemError } from './system-error.js';

/** A driver that is busy (rate limit, lock held by the NIC's own work) is asked so often before it is an error. */
const TRIES = 3;
const PASSING: ReadonlySet<string> = new Set(['EBUSY', 'EINTR']);

/**
 * The readings a PTP clock can give. Every call throws SystemError when the kernel refuses (EBUSY and EINTR only
 * after three tries) and PtpAnswerError when its answer cannot be right.
 */
export class PtpClock {
  readonly #device: PtpDevice;
  // Kept: a reading at 16 Hz should leave no kilobyte behind each time.
  readonly #caps = new Uint8Array(PTP_CLOCK_GETCAPS.size);
  readonly #precise = new Uint8Array(PTP_SYS_OFFSET_PRECISE.size);
  readonly #extended = new Uint8Array(PTP_SYS_OFFSET_EXTENDED.size);
  readonly #basic = new Uint8Array(PTP_SYS_OFFSET.size);

  constructor(device: PtpDevice) {
    this.#device = device;
  }

  /** Opens the device at `path`. @throws SystemError */
  static open(path: string): PtpClock {
    return new PtpClock(openPtpDevice(path));
  }

  get path(): string {
    return this.#device.path;
  }

  caps(): PtpCaps {
    this.#ask(PTP_CLOCK_GETCAPS, this.#caps);
    return decodeCaps(this.#caps);
  }

  /** One hardware cross time stamp. */
  precise(): PreciseStamp {
    this.#ask(PTP_SYS_OFFSET_PRECISE, this.#precise.fill(0));
    return decodePrecise(this.#precise);
  }

  /**
   * Readings with system stamps taken right around the device's register.
   *
   * @param count 1 … 25
   * @param clock of the system stamps; CLOCK_MONOTONIC_RAW is EINVAL before Linux 6.12
   */
  extended(count: number, clock: ReadingBatch['systemClock']): Reading[] {
    encodeRequest(this.#extended, count, clock === 'CLOCK_REALTIME' ? CLOCK_REALTIME : CLOCK_MONOTONIC_RAW);
    this.#ask(PTP_SYS_OFFSET_EXTENDED, this.#extended);
    return decodeExtended(this.#extended);
  }

  /**
   * Readings with CLOCK_REALTIME stamps taken around the whole call into the driver.
   *
   * @param count 1 … 25
   */
  basic(count: number): Reading[] {
    encodeRequest(this.#basic, count, 0);
    this.#ask(PTP_SYS_OFFSET, this.#basic);
    return decodeBasic(this.#basic);
  }

  close(): void {
    this.#device.close();
  }

  #ask(ptp: PtpRequest, buffer: Uint8Array): void {
    for (let tries = 1; ; tries++) {
      try {
        this.#device.ioctl(ptp.request, buffer, ptp.name);
        return;
      } catch (error) {
        if (tries === TRIES || !(error instanceof SystemError) || !PASSING.has(error.code)) throw error;
      }
    }
  }
}
