/** What the bound is made of. */
export interface BoundInput {
  /** Hard bound of the sample itself, ns, >= 0: SelectedOffset.errorBoundNs. */
  readonly errorBoundNs: number;
  /** Time since the sample, ns, >= 0. */
  readonly ageNs: number;
  /** The host's own error as its page tells; undefined where nobody tells. */
  readonly host?: HostError | undefined;
  /** ± ppb of the rate with which the offset was carried on since the sample, >= 0. Default 0. */
  readonly rateUncertaintyPpb?: number;
  /**
   * Rate of (true − system) that was *not* followed since the sample, ppb, either sign: device against CLOCK_MONOTONIC_RAW
   * minus CLOCK_REALTIME against it. 0, the default, when the offset has been carried on by it.
   */
  readonly unfollowedRatePpb?: number;
  /** How much faster than the rate says the clocks may drift apart, ppm, >= 0. Default 1, as chronyd's maxclockerror. */
  readonly maxDriftPpm?: number;
}

/** The host's error at the sample's instant and its growth. */
export interface HostError {
  /** Maximum error of the host's time, ns, >= 0. */
  readonly maxErrorNs: number;
  /** Its growth, ppb, >= 0. */
  readonly maxErrorRatePpb: number;
}

/** The bound and its terms, all in ns; the terms add up to it. */
export interface Bound {
  /** |true − system − offset| is at most this now, ns. */
  readonly boundNs: number;
  /** From the brackets of the reading. */
  readonly readingNs: number;
  /** From the host's own error, grown until now; 0 when it is not known. */
  readonly hostNs: number;
  /** Drift since the sample. */
  readonly growthNs: number;
  /** False: the host does not tell its error, and the bound is against the host's clock, not against true time. */
  readonly includesHost: boolean;
}

/**
 * The honest bound of an offset some time after it was measured:
 *
 *     bound = reading + host error + host error rate × age + (max drift + |unfollowed rate| + rate uncertainty) × age
 *
 * The first is a proof (the device was read within its bracket), the second the host's word, the last the guest's clocks.
 *
 * @throws RangeError when a term is negative (the unfollowed rate may be) or not finite: such a bound would be a lie
 */
export function bound(input: BoundInput): Bound {
  const { rateUncertaintyPpb = 0, unfollowedRatePpb = 0, maxDriftPpm = 1, host } = input;
  const readingNs = checked('errorBoundNs', input.errorBoundNs);
  const ageNs = checked('ageNs', input.ageNs);
  const hostNs =
    host === undefined
      ? 0
      : checked('host.maxErrorNs', host.maxErrorNs) +
        checked('host.maxErrorRatePpb', host.maxErrorRatePpb) * 1e-9 * ageNs;
  const growthPpb =
    checked('maxDriftPpm', maxDriftPpm) * 1000 +
    checked('|unfollowedRatePpb|', Math.abs(unfollowedRatePpb)) +
    checked('rateUncertaintyPpb', rateUncertaintyPpb);
  const growthNs = growthPpb * 1e-9 * ageNs;
  return { boundNs: readingNs + hostNs + growthNs, readingNs, hostNs, growthNs, includesHost: host !== undefined };
}

function checked(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new RangeError(`bound: ${name} must be a finite number >= 0, got ${value}`);
}
