import type { PtpDevice } from '../../src/ioctl/ptp-device.js';
import { SystemError } from '../../src/ioctl/system-error.js';
import { putStamp, putStamps } from './ptp-bytes.js';

export const ENODEV = 19;
export const EINVAL = 22;
export const ENOTTY = 25;
export const EBUSY = 16;
export const EINTR = 4;
export const ETIMEDOUT = 110;
export const EOPNOTSUPP = 95;

/** System time of the first stamp. */
export const START_NS = 1_800_000_000_123_456_789n;
/** Device − system time. */
export const SHIFT_NS = 2_500n;

/** What the fake kernel does on one ioctl: answers in place, or refuses with an errno. */
export type Answer = number | ((bytes: Uint8Array) => void);

function requested(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

/** Answers of a clock that works, 100 ns from stamp to stamp. */
export const GOOD = {
  PTP_SYS_OFFSET_PRECISE: (bytes: Uint8Array) => {
    putStamp(bytes, 0, START_NS + SHIFT_NS);
    putStamp(bytes, 16, START_NS);
    putStamp(bytes, 32, 77_000_000_007n);
  },
  PTP_SYS_OFFSET_EXTENDED: (bytes: Uint8Array) => {
    const count = requested(bytes);
    const stamps = Array.from({ length: 3 * count }, (_, index) => {
      return START_NS + 100n * BigInt(index) + (index % 3 === 1 ? SHIFT_NS : 0n);
    });
    putStamps(bytes, count, stamps);
  },
  PTP_SYS_OFFSET: (bytes: Uint8Array) => {
    const count = requested(bytes);
    const stamps = Array.from({ length: 2 * count + 1 }, (_, index) => {
      return START_NS + 100n * BigInt(index) + (index % 2 === 1 ? SHIFT_NS : 0n);
    });
    putStamps(bytes, count, stamps);
  },
  PTP_CLOCK_GETCAPS: (bytes: Uint8Array) => {
    bytes.fill(0);
    bytes[24] = 1;
  },
} as const;

/** A PTP device whose kernel does as it is told; one that is asked something it was not told answers ENOTTY. */
export class FakePtpDevice implements PtpDevice {
  readonly path = '/dev/ptp0';
  readonly calls: string[] = [];
  readonly answers = new Map<string, Answer>();
  closed = 0;

  constructor(answers: Readonly<Record<string, Answer>> = GOOD) {
    for (const [name, answer] of Object.entries(answers)) this.answers.set(name, answer);
  }

  ioctl(_request: number, buffer: Uint8Array, name: string): void {
    this.calls.push(name);
    const answer = this.answers.get(name) ?? ENOTTY;
    if (typeof answer === 'number') throw new SystemError(`ioctl ${name}`, answer, this.path);
    answer(buffer);
  }

  close(): void {
    this.closed += 1;
  }
}
