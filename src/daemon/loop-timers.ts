import type { TimerPort } from './ports.js';

interface LoopCallbacks {
  readonly look: () => void;
  readonly sample: () => void;
}

/** The loop's two timers, for its next look and its next sample. Each is set anew when it is set again. */
export class LoopTimers {
  readonly #timers: TimerPort;
  readonly #callbacks: LoopCallbacks;
  #cancelLook: (() => void) | undefined;
  #cancelSample: (() => void) | undefined;
  #sampleDueRawNs: bigint;
  #stopped = false;

  constructor(timers: TimerPort, nowRawNs: bigint, callbacks: LoopCallbacks) {
    this.#timers = timers;
    this.#callbacks = callbacks;
    this.#sampleDueRawNs = nowRawNs;
  }

  /** Nothing runs any more, and nothing will. */
  get stopped(): boolean {
    return this.#stopped;
  }

  lookAfter(delayMs: number): void {
    this.#cancelLook?.();
    if (!this.#stopped) this.#cancelLook = this.#timers.after(delayMs, this.#callbacks.look);
  }

  /** @param nowRawNs CLOCK_MONOTONIC_RAW, ns */
  sampleAfter(delayMs: number, nowRawNs: bigint): void {
    this.#cancelSample?.();
    if (this.#stopped) return;
    this.#sampleDueRawNs = nowRawNs + BigInt(Math.round(delayMs * 1e6));
    this.#cancelSample = this.#timers.after(delayMs, this.#callbacks.sample);
  }

  /** How late the next sample is, ns; <= 0 while the loop is alive and well. */
  overdueNs(nowRawNs: bigint): number {
    return Number(nowRawNs - this.#sampleDueRawNs);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelLook?.();
    this.#cancelSample?.();
  }
}
