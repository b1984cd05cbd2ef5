/** What the sampling rate depends on. */
export interface PacingInput {
  /** Interval while chronyd has yet to follow, ms. */
  readonly fastIntervalMs: number;
  /** Fixed interval afterwards, ms; 'auto': as slow as chronyd's filter allows. */
  readonly slowIntervalMs: number | 'auto';
  /** Samples wanted in each of chronyd's polling intervals. */
  readonly samplesPerPoll: number;
  /** log2 s of chronyd's polling interval for our source; undefined when not known. */
  readonly poll: number | undefined;
  /** Since when chronyd has been synchronised to us in this epoch, ns; undefined while it is not. */
  readonly synchronisedForNs: number | undefined;
  /** Since the first sample of this epoch, ns; undefined before it. */
  readonly feedingForNs: number | undefined;
}

/** chronyd's fit settles over some polls after it has selected us; that is what the fast rate is for. */
const SETTLE_NS = 5e9;

/** Where chronyd does not follow (no command socket, another source preferred) the fast rate ends all the same. */
const GIVE_UP_NS = 30e9;

/** Even at chronyd's slowest polls a sample this often keeps the tracking of the PHC and the status fresh. */
const SLOWEST_MS = 4000;

/**
 * Milliseconds until the next sample: fast at the start of an epoch, then spread over chronyd's polling interval.
 *
 * chrony up to 4.6.1 gives out nothing until four samples of a poll have arrived, so fewer than that starve it.
 */
export function sampleIntervalMs(input: PacingInput): number {
  const settled = (input.synchronisedForNs ?? 0) >= SETTLE_NS || (input.feedingForNs ?? 0) >= GIVE_UP_NS;
  if (!settled) return input.fastIntervalMs;
  if (input.slowIntervalMs !== 'auto') return input.slowIntervalMs;
  const pollMs = 2 ** (input.poll ?? 0) * 1000;
  return Math.min(Math.max(pollMs / input.samplesPerPoll, input.fastIntervalMs), SLOWEST_MS);
}
