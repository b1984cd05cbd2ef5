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

const LOCAL: Tracking = { ...UNSYNCHRONISED, refId: 0x7f7f0101, refName: '7F7F0101', stratum: 10, leapStatus: 0 };

/** What the virtual chronyd needs from the world around it. */
export interface VirtualChronydWorld {
  /** Virtual CLOCK_MONOTONIC_RAW, ns. */
  rawNs(): bigint;
  /** Calls back after `delayNs` of virtual time. */
  later(delayNs: number, callback: () => void): void;
  /** How long the next command takes to arrive, and its reply to come back, ns each; undefined: the reply is lost. */
  latency(): { readonly thereNs: number; readonly backNs: number | undefined };
  /** Changes the system clock at once: by a step, ns, and by a change of its rate, ppm. Absent: it cannot be changed. */
  steer?(stepNs: number, ratePpm: number): void;
}

const REPLY_TIMEOUT_NS = 1e9;
/** chronyd's shortest and fastest slew. */
const SHORTEST_SLEW_NS = 1e9;
const SLEW_PPM = 83_333;
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
  /** Configured with `local`: it calls itself synchronised when it is not. */
  local = false;
  /** The commands that change the clock, in the order in which they took effect. */
  readonly commands: string[] = [];
  #slew: { readonly ppm: number; readonly fromRawNs: bigint; readonly offsetNs: number } | undefined;
  #lastArrivalRawNs = 0n;
  #onTheWay = 0;
  readonly #waiting = new Set<(error: Error) => void>();
  /** Stopped in its tracks: what is sent is kept and carried out when it goes on. */
  #hung: (() => void)[] | undefined;
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

  /** Stops chronyd in its tracks (SIGSTOP), or lets it go on. */
  hang(hung: boolean): void {
    const kept = this.#hung ?? [];
    this.#hung = hung ? kept : undefined;
    if (!hung) for (const act of kept) act();
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

  changeFrequency(ppm: number): Promise<void> {
    return this.#request(() => {
      this.commands.push(`dfreq ${ppm.toFixed(3)}`);
      this.#world.steer?.(0, ppm);
    });
  }

  changeOffset(offsetNs: number): Promise<void> {
    return this.#request(() => {
      this.commands.push(`doffset ${offsetNs.toFixed(0)}`);
      // What is still to be slewed is added to.
      this.#beginSlew(offsetNs + this.#endSlew());
    });
  }

  makeStep(): Promise<void> {
    return this.#request(() => {
      this.commands.push('makestep');
      if (this.#world.steer === undefined)
        throw Object.assign(new Error('chronyd answered MAKESTEP: failed'), { refused: true });
      const left = this.#endSlew();
      this.#world.steer(left, 0);
    });
  }

  pendingBytes(): number {
    return 28 * (this.#onTheWay + (this.#hung?.length ?? 0));
  }

  /** What was sent may still arrive; nobody waits for its answer any more. */
  cancelPending(reason: string): void {
    for (const reject of this.#waiting) reject(new Error(`cancelled: ${reason}`));
    this.#waiting.clear();
  }

  /** As chronyd's generic driver does: over a second at least, and never faster than its limit. */
  #beginSlew(offsetNs: number): void {
    if (offsetNs === 0) return;
    const spanNs = Math.max(SHORTEST_SLEW_NS, Math.abs(offsetNs) / (SLEW_PPM * 1e-6));
    const slew = { ppm: (offsetNs / spanNs) * 1e6, fromRawNs: this.#world.rawNs(), offsetNs };
    this.#slew = slew;
    this.#world.steer?.(0, slew.ppm);
    this.#world.later(spanNs, () => {
      if (this.#slew === slew) this.#endSlew();
    });
  }

  /** @returns what had not been slewed yet, ns */
  #endSlew(): number {
    const slew = this.#slew;
    if (slew === undefined) return 0;
    this.#slew = undefined;
    this.#world.steer?.(0, -slew.ppm);
    return slew.offsetNs - Number(this.#world.rawNs() - slew.fromRawNs) * slew.ppm * 1e-6;
  }

  #forget(): void {
    this.#polls = new Set();
    this.#last = undefined;
    this.#endSlew();
  }

  #tracking(): Tracking {
    if (!this.synchronised) return this.local ? LOCAL : UNSYNCHRONISED;
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
    const { thereNs: wayNs, backNs } = this.#world.latency();
    // One socket: what was sent first arrives first.
    const now = this.#world.rawNs();
    const earliest = now + BigInt(Math.round(wayNs));
    this.#lastArrivalRawNs = earliest > this.#lastArrivalRawNs ? earliest : this.#lastArrivalRawNs;
    const thereNs = Number(this.#lastArrivalRawNs - now);
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const settle = (act: () => void): void => {
        this.#waiting.delete(reject);
        act();
      };
      const lost = (afterNs: number) =>
        this.#world.later(afterNs, () =>
          settle(() => reject(withCode('ETIMEDOUT', 'no reply from the virtual chronyd within 1 s'))),
        );
      const arrive = (): void => {
        if (!this.running) {
          settle(() =>
            reject(
              Object.assign(withCode('ECONNREFUSED', 'the virtual chronyd is not running'), { unanswered: false }),
            ),
          );
          return;
        }
        const answer = attempt(effect);
        if (backNs === undefined) return;
        this.#world.later(backNs, () =>
          settle(() => ('error' in answer ? reject(answer.error) : resolve(answer.value))),
        );
      };
      lost(REPLY_TIMEOUT_NS);
      this.#onTheWay += 1;
      this.#world.later(thereNs, () => {
        this.#onTheWay -= 1;
        if (this.#hung === undefined) arrive();
        else this.#hung.push(arrive);
      });
    });
  }
}

function attempt<T>(effect: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: effect() };
  } catch (error) {
    return { error };
  }
}

function withCode(code: string, message: string): Error {
  return Object.assign(new Error(`${message}: ${code}`), { code });
}
