import type { MethodRefusal } from './method-refusal.js';
import { READING_METHODS, type ReadingMethod } from './reading.js';

/** A method that went away with one migration may come back with the next: refusals are forgotten after this, ns. */
const RETRY_AFTER_NS = 60_000_000_000n;

/**
 * Which reading method to try, best first. It only keeps the book: it reads no clock and makes no call.
 *
 * @example
 * for (const method of choice.candidates(nowNs)) {
 *   // try it; then choice.worked(method), or choice.refused({ method, code, meaning }, nowNs) and on to the next
 * }
 */
export class MethodChoice {
  readonly #refused = new Map<ReadingMethod, { readonly refusal: MethodRefusal; readonly atNs: bigint }>();
  #method: ReadingMethod | undefined;

  /** The method in use; undefined before one has worked, and when none does any more. */
  get method(): ReadingMethod | undefined {
    return this.#method;
  }

  /** Why each method better than the one in use is not: best first; all of them while none is in use. */
  get refusals(): readonly MethodRefusal[] {
    const better = this.#method === undefined ? READING_METHODS.length : READING_METHODS.indexOf(this.#method);
    return READING_METHODS.slice(0, better).flatMap((method) => this.#refused.get(method)?.refusal ?? []);
  }

  /**
   * The methods in the order to try them now: best first those not refused within the last minute, then, as a last
   * resort, the others.
   *
   * @param nowNs CLOCK_MONOTONIC_RAW
   */
  candidates(nowNs: bigint): readonly ReadingMethod[] {
    if (this.#refused.size === 0) return READING_METHODS;
    const isResting = (method: ReadingMethod) => {
      const refused = this.#refused.get(method);
      return refused !== undefined && nowNs - refused.atNs < RETRY_AFTER_NS;
    };
    return [...READING_METHODS.filter((method) => !isResting(method)), ...READING_METHODS.filter(isResting)];
  }

  /** The method gave a reading. */
  worked(method: ReadingMethod): void {
    this.#refused.delete(method);
    this.#method = method;
  }

  /** The method was refused at `nowNs` of CLOCK_MONOTONIC_RAW. */
  refused(refusal: MethodRefusal, nowNs: bigint): void {
    this.#refused.set(refusal.method, { refusal, atNs: nowNs });
    if (this.#method === refusal.method) this.#method = undefined;
  }

  /** Forgets everything: all methods are tried again. */
  reprobe(): void {
    this.#refused.clear();
    this.#method = undefined;
  }
}
