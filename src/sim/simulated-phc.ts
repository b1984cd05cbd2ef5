import type { ClockPort, PhcPort } from '../daemon/ports.js';
import { readClockPair } from '../ioctl/clock-pair.js';
import type { Reading, ReadingBatch } from '../ioctl/reading.js';
import type { Random } from './random.js';
import type { SimulatedHost } from './simulated-host.js';

const READINGS = 10;
/** A hypercall's way there, and its way back: at least so much, and an exponential part on top, ns. */
const LEAST_DELAY_NS = 500;
const MEAN_EXTRA_DELAY_NS = 300;
/** Noise of the device's own reading, ns. */
const NOISE_NS = 10;

/** A PHC of the simulated host: brackets of 1 to 2 µs like ptp_kvm's, with the device's own rate and noise. */
export class SimulatedPhc implements PhcPort {
  readonly path = 'simulated';
  readonly clockName = 'simulated host';
  readonly method = 'BASIC';
  readonly refusals = [];
  readonly #host: SimulatedHost;
  readonly #clock: ClockPort;
  readonly #random: Random;

  constructor(host: SimulatedHost, clock: ClockPort, random: Random) {
    this.#host = host;
    this.#clock = clock;
    this.#random = random;
  }

  reprobe(): void {}

  read(): ReadingBatch {
    const pairBefore = readClockPair(this.#clock);
    const readings: Reading[] = [];
    for (let i = 0; i < READINGS; i += 1) {
      this.#host.tick();
      readings.push(this.#reading());
    }
    return {
      method: 'BASIC',
      systemClock: 'CLOCK_REALTIME',
      readings,
      pairBefore,
      pairAfter: readClockPair(this.#clock),
    };
  }

  /** Nothing is computed between the stamps: that would add to one side of the bracket and so shift its middle. */
  #reading(): Reading {
    const thereNs = this.#delayNs();
    const backNs = this.#delayNs();
    const noiseNs = BigInt(Math.round(this.#random.normal(NOISE_NS)));
    const beforeNs = this.#clock.realtimeNs();
    this.#wait(thereNs);
    const rawNs = this.#clock.monotonicRawNs();
    this.#wait(backNs);
    const afterNs = this.#clock.realtimeNs();
    return { beforeNs, deviceNs: this.#host.utcAt(rawNs) + noiseNs, afterNs };
  }

  #delayNs(): bigint {
    return BigInt(Math.round(LEAST_DELAY_NS + this.#random.exponential(MEAN_EXTRA_DELAY_NS)));
  }

  #wait(spanNs: bigint): void {
    const until = this.#clock.monotonicRawNs() + spanNs;
    while (this.#clock.monotonicRawNs() < until);
  }
}
