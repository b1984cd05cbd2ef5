import type { SamplePort } from '../daemon/ports.js';
import type { RefclockSample } from '../sock/refclock-sample.js';
import type { SendOutcome } from '../sock/send-outcome.js';
import type { SimulatedHost } from './simulated-host.js';

/** Offsets further from the truth than this are wrong: the simulated brackets allow far less. */
const WRONG_NS = 5e3;

/** Sends samples on and compares each with the truth that holds when it leaves. */
export class JudgingSock implements SamplePort {
  readonly #inner: SamplePort;
  readonly #host: SimulatedHost;
  sent = 0;
  /** Sent although taken before the last disruption, or simply not true. */
  wrong = 0;
  /** Offset − true offset of each sample sent, ns. */
  readonly errorsNs: number[] = [];

  constructor(inner: SamplePort, host: SimulatedHost) {
    this.#inner = inner;
    this.#host = host;
  }

  get path(): string {
    return this.#inner.path;
  }

  pendingBytes(): number {
    return this.#inner.pendingBytes();
  }

  send(sample: RefclockSample): SendOutcome {
    const outcome = this.#inner.send(sample);
    if (outcome.kind === 'dropped') return outcome;
    const errorNs = sample.offsetNs - this.#host.trueOffsetNs(sample.realtimeNs);
    const disruptedRawNs = this.#host.disruptions.at(-1);
    const takenRawNs = this.#host.rawAt(sample.realtimeNs);
    this.sent += 1;
    this.errorsNs.push(errorNs);
    if (Math.abs(errorNs) > WRONG_NS || (disruptedRawNs !== undefined && takenRawNs < disruptedRawNs)) this.wrong += 1;
    return outcome;
  }
}
