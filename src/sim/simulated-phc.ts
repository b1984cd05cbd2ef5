import type { ClockPort, PhcPort } from '../daemon/ports.js';
import type { ClockPair, Reading, ReadingBatch } from '../ioctl/reading.js';
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
    const pairBefore = this.#pair();
    const readings: Reading[] = [];
    for (let i = 0; i < READINGS; i += 1) {
      this.#host.tick();
      const beforeNs = this.#clock.realtimeNs();
      this.#delay();
      const deviceNs =
        this.#host.utcAt(this.#clock.monotonicRawNs()) + BigInt(Math.round(this.#random.normal(NOISE_NS)));
      this.#delay();
      readings.push({ beforeNs, deviceNs, afterNs: this.#clock.realtimeNs() });
    }
    return { method: 'BASIC', systemClock: 'CLOCK_REALTIME', readings, pairBefore, pairAfter: this.#pair() };
  }

  #delay(): void {
    const span = LEAST_DELAY_NS + this.#random.exponential(MEAN_EXTRA_DELAY_NS);
    const until = this.#clock.monotonicRawNs() + BigInt(Math.round(span));
    while (this.#clock.monotonicRawNs() < until);
  }

  #pair(): ClockPair {
    const from = this.#clock.monotonicRawNs();
    const realtimeNs = this.#clock.realtimeNs();
    const to = this.#clock.monotonicRawNs();
    return { realtimeNs, monotonicRawNs: (from + to) / 2n, widthNs: Number(to - from) };
  }
}
