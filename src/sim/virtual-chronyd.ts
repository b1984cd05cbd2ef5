import type { ChronydPort } from '../daemon/ports.js';
import type { RefclockSample } from '../sock/refclock-sample.js';
import type { SourceData, Tracking } from '../sock/tracking.js';

const UNSYNCHRONISED: Tracking = {
  refId: 0,
  refName: '00000000',
  stratum: 0,
  leapStatus: 3,
  referenceTimeNs: 0n,
  currentCorrectionNs: 0,
  lastOffsetNs: 0,
  rmsOffsetNs: 0,
  frequencyPpm: 0,
  residualFrequencyPpm: 0,
  skewPpm: 0,
  rootDelayNs: 0,
  rootDispersionNs: 0,
  updateIntervalSeconds: 0,
};

/** What the virtual chronyd needs from the world around it. */
export interface VirtualChronydWorld {
  /** Virtual CLOCK_MONOTONIC_RAW, ns. */
  rawNs(): bigint;
  /** Calls back after `delayNs` of virtual time. */
  later(delayNs: number, callback: () => void): void;
  /** How long the next command takes to arrive, and its reply to come back, ns each; undefined: lost on that way. */
  latency(): { readonly thereNs: number | undefined; readonly backNs: number | undefined };
}

const REPLY_TIMEOUT_NS = 1e9;
/** chronyd selects a refclock again after this many filtered samples. */
const POLLS_TO_SELECT = 3;

/**
 * As much of chronyd as the loop can see: it takes samples, needs three polls to select a source, forgets on
 * `reset sources`, may lose commands and replies, and may be away.
 */
export class VirtualChronyd implements ChronydPort {
  readonly #world: VirtualChronydWorld;
  #polls = new Set<bigint>();
  #last: RefclockSample | undefined;
  /** When the last reset took effect, virtual ns; undefined before the first. */
  lastResetRawNs: bigint | undefined;
  resets = 0;
  /** False while chronyd is stopped. */
  running = true;

  constructor(world: VirtualChronydWorld) {
    this.#world = world;
  }

  get synchronised(): boolean {
    return this.#polls.size >= POLLS_TO_SELECT;
  }

  /** A datagram arrives. */
  accept(sample: RefclockSample): void {
    this.#last = sample;
    this.#polls.add(this.#world.rawNs() / 1_000_000_000n);
  }

  /** Stops chronyd, or starts a new one that knows nothing. */
  setRunning(running: boolean): void {
    this.running = running;
    this.#forget();
  }

  tracking(): Promise<Tracking> {
    return this.#request(() => this.#tracking());
  }

  sources(): Promise<readonly SourceData[]> {
    return this.#request(() => [this.#source()]);
  }

  resetSources(): Promise<void> {
    return this.#request(() => {
      this.#forget();
      this.resets += 1;
      this.lastResetRawNs = this.#world.rawNs();
    });
  }

  #forget(): void {
    this.#polls = new Set();
    this.#last = undefined;
  }

  #tracking(): Tracking {
    if (!this.synchronised) return UNSYNCHRONISED;
    const correction = this.#last?.offsetNs ?? 0;
    return {
      ...UNSYNCHRONISED,
      refId: 0x564d434b,
      refName: 'VMCK',
      stratum: 1,
      leapStatus: 0,
      currentCorrectionNs: correction,
    };
  }

  #source(): SourceData {
    return {
      name: 'VMCK',
      isRefclock: true,
      poll: 0,
      stratum: 0,
      state: this.synchronised ? 'selected' : 'unselected',
      reachability: this.#polls.size === 0 ? 0 : 0o377,
      sinceSampleSeconds: 0,
      originalOffsetNs: 0,
      latestOffsetNs: this.#last?.offsetNs ?? 0,
      latestErrorNs: 0,
    };
  }

  #request<T>(effect: () => T): Promise<T> {
    const { thereNs, backNs } = this.#world.latency();
    return new Promise((resolve, reject) => {
      const lost = (afterNs: number) =>
        this.#world.later(afterNs, () => reject(new Error('no reply from the virtual chronyd within 1 s')));
      if (thereNs === undefined) return lost(REPLY_TIMEOUT_NS);
      this.#world.later(thereNs, () => {
        if (!this.running) return reject(new Error('the virtual chronyd is not running: ECONNREFUSED'));
        const answer = effect();
        if (backNs === undefined) return lost(REPLY_TIMEOUT_NS - thereNs);
        this.#world.later(backNs, () => resolve(answer));
      });
    });
  }
}
