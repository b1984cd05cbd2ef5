/**
 * The true time as a straight line over the guest's CLOCK_MONOTONIC_RAW. A disruption ends one line and begins
 * another: that is what live migration does to a guest's counter.
 */
export class TrueLine {
  readonly #originRawNs: bigint;
  readonly #originUtcNs: bigint;
  /** How much faster than CLOCK_MONOTONIC_RAW true time passes, ppm. */
  readonly ratePpm: number;

  /** A line through (`originRawNs`, `originUtcNs`). */
  constructor(originRawNs: bigint, originUtcNs: bigint, ratePpm: number) {
    this.#originRawNs = originRawNs;
    this.#originUtcNs = originUtcNs;
    this.ratePpm = ratePpm;
  }

  /** True UTC, ns since 1970, when CLOCK_MONOTONIC_RAW is `rawNs`; also before the origin. */
  utcAt(rawNs: bigint): bigint {
    const elapsed = rawNs - this.#originRawNs;
    return this.#originUtcNs + elapsed + BigInt(Math.round(Number(elapsed) * this.ratePpm * 1e-6));
  }

  /** The line after a disruption at `rawNs`: `stepNs` ahead of this one, at another rate. */
  disrupted(rawNs: bigint, stepNs: number, ratePpm: number): TrueLine {
    return new TrueLine(rawNs, this.utcAt(rawNs) + BigInt(Math.round(stepNs)), ratePpm);
  }
}
