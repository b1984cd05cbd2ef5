/** What the sampling rate depends on. */
export interface PacingInput {
  /** A recovery waits for samples. */
  readonly recovering: boolean;
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
  /** Since this epoch began, ns. */
  readonly epochForNs: number;
  /** Something has to be found out soon: whether the PHC jumped. */
  readonly hurried: boolean;
}

/** What a recovery has to measure it has to measure soon: the clock is wrong meanwhile. */
const RECOVERING_MS = 10;

/** chronyd's fit settles over some polls after it has selected us; that is what the fast rate is for. */
const SETTLE_NS = 5e9;

/** Where chronyd does not follow (no command socket, another source preferred, nothing to feed) the fast rate ends all the same. */
const GIVE_UP_NS = 30e9;

/** Even at chronyd's fastest polls: the loop has other things to do, ms. */
const SHORTEST_MS = 10;

/** Even at chronyd's slowest polls a sample this often keeps the tracking of the PHC and the status fresh. */
const SLOWEST_MS = 4000;

/**
 * Milliseconds until the next sample: fast at the start of an epoch, then spread over chronyd's polling interval.
 *
 * chrony up to 4.6.1 gives out nothing until four samples of a poll have arrived, so fewer than that starve it.
 */
export function sampleIntervalMs(input: PacingInput): number {
  const slowMs = slowIntervalMs(input);
  const fastMs = Math.min(input.fastIntervalMs, slowMs);
  if (input.recovering) return Math.min(RECOVERING_MS, fastMs);
  const settled = (input.synchronisedForNs ?? 0) >= SETTLE_NS || input.epochForNs >= GIVE_UP_NS;
  return settled && !input.hurried ? slowMs : fastMs;
}

function slowIntervalMs(input: PacingInput): number {
  if (input.slowIntervalMs !== 'auto') return input.slowIntervalMs;
  const pollMs = 2 ** (input.poll ?? 0) * 1000;
  return Math.min(Math.max(pollMs / input.samplesPerPoll, SHORTEST_MS), SLOWEST_MS);
}
