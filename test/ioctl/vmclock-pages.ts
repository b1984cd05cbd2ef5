import { VmclockFlag, type VmclockPage } from '../../src/ioctl/vmclock-page.js';

/** Bytes from a hex dump; the rest, up to `length`, is zero. */
export function dump(hex: string, length = 4096): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(Buffer.from(hex.replaceAll(/\s+/g, ''), 'hex'));
  return bytes;
}

/** QEMU's `-device vmclock`, untouched: marker 1, sequence count 2, no counter, no flags. */
export const QEMU_PAGE = dump('56434c4b 00100000 0100ff00 02000000 0100000000000000');

/** Firecracker's, before its first restore: all zero but for the flags (bits 8 and 9). */
export const FIRECRACKER_PAGE = dump('56434c4b 00100000 0100ff00 00000000 0000000000000000 0003000000000000');

/** A page with time: TSC, TAI, marker 0x1122334455667788, sequence count 4. */
export const TIME_PAGE = dump(`
  56434c4b 00100000 01000101 04000000
  8877665544332211 7901000000000000
  00000200 dbff0103 00a0000000000000
  0000000000000080 0100000000000000 0200000000000000
  00f1536500000000 0000000000000080
  6400000000000000 c800000000000000 0700000000000000`);

/** Every member differs from every other, so that two that are swapped show. */
export const PLAIN_PAGE: VmclockPage = {
  sizeBytes: 4096,
  version: 1,
  counterId: 1,
  timeType: 1,
  seqCount: 10,
  disruptionMarker: 11n,
  flags: VmclockFlag.VM_GEN_COUNTER_PRESENT | VmclockFlag.TIME_MAXERROR_VALID | VmclockFlag.PERIOD_MAXERROR_VALID,
  clockStatus: 2,
  leapSecondSmearingHint: 0,
  taiOffsetSec: 37,
  leapIndicator: 5,
  counterPeriodShift: 3,
  counterValue: 1_000_000_000_000n,
  counterPeriodFracSec: 0x3800_0000_0000_0000n,
  counterPeriodEsterrorRateFracSec: 13n,
  counterPeriodMaxerrorRateFracSec: 14n,
  timeSec: 1_700_000_000n,
  timeFracSec: 15n,
  timeEsterrorNs: 16n,
  timeMaxerrorNs: 17n,
  vmGenerationCounter: 18n,
};

/** A reproducible source of numbers; `next()` gives 32 bits, `big()` 64. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in 0 … 2^32 − 1. */
  next(): number {
    this.#state = (this.#state + 0x9e37_79b9) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 16), 0x21f0_aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a_2d97);
    return (x ^ (x >>> 15)) >>> 0;
  }

  /** Uniform in 0 … limit − 1. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }

  big(): bigint {
    return (BigInt(this.next()) << 32n) | BigInt(this.next());
  }
}
