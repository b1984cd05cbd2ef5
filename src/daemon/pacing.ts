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
  /** Samples tried so far: which of its group the next one is. */
  readonly sampleNumber: number;
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
 * Short polls are for being selected again soon after a reset. In between a sample in one poll of four does as well, and
 * saves most of what they cost; chronyd calls a source unreachable after eight polls without.
 */
const POLLS_PER_GROUP = 4;

/** What chrony up to 4.6.1 wants in a poll. */
const SMALLEST_GROUP = 4;

/** At polls of a second and more there is nothing to be saved. */
const LONGEST_GROUPED_POLL_MS = 500;

/**
 * Milliseconds until the next sample: fast at the start of an epoch, then spread over chronyd's polling interval, or, where
 * that is short, in a group that fills half of one polling interval out of four.
 *
 * chrony up to 4.6.1 gives out nothing until four samples of a poll have arrived, so fewer than that starve it.
 */
export function sampleIntervalMs(input: PacingInput): number {
  const fastMs = Math.min(input.fastIntervalMs, evenIntervalMs(input));
  if (input.recovering) return Math.min(RECOVERING_MS, fastMs);
  const settled = (input.synchronisedForNs ?? 0) >= SETTLE_NS || input.epochForNs >= GIVE_UP_NS;
  return settled && !input.hurried ? slowIntervalMs(input) : fastMs;
}

function slowIntervalMs(input: PacingInput): number {
  const { slowIntervalMs: setting, samplesPerPoll, sampleNumber } = input;
  const pollMs = pollIntervalMs(input);
  const grouped = pollMs <= LONGEST_GROUPED_POLL_MS && samplesPerPoll >= SMALLEST_GROUP;
  if (setting !== 'auto' || !grouped) return evenIntervalMs(input);
  const withinMs = Math.max(pollMs / 2 / samplesPerPoll, SHORTEST_MS);
  const isLast = sampleNumber % samplesPerPoll === samplesPerPoll - 1;
  return isLast ? Math.max(POLLS_PER_GROUP * pollMs - (samplesPerPoll - 1) * withinMs, withinMs) : withinMs;
}

function evenIntervalMs(input: PacingInput): number {
  if (input.slowIntervalMs !== 'auto') return input.slowIntervalMs;
  return Math.min(Math.max(pollIntervalMs(input) / input.samplesPerPoll, SHORTEST_MS), SLOWEST_MS);
}

function pollIntervalMs({ poll = 0 }: PacingInput): number {
  return 2 ** poll * 1000;
}
