import { LEAST_BOUND_NS } from '../daemon/epoch-knowledge.js';
import type { StatusDocument } from '../daemon/status-document.js';
import { formatNs } from './format-quantity.js';
import { statusVerdict } from './status-verdict.js';

/** What came of asking the daemon once. */
export type Answer =
  | { readonly kind: 'status'; readonly status: StatusDocument }
  /** Nobody answered, as before the daemon has started. */
  | { readonly kind: 'silence'; readonly reason: string }
  /** Something answered that this program cannot use, or may not ask. */
  | { readonly kind: 'refusal'; readonly reason: string };

/** What an answer means for somebody who waits. */
export type WaitJudgement =
  | { readonly kind: 'trusted'; readonly sentence: string }
  | { readonly kind: 'wait'; readonly reason: string }
  /** Waiting does not help: something has to be changed first. After `graceMs` of nothing else that is certain. */
  | { readonly kind: 'never'; readonly reason: string; readonly graceMs: number };

/** What is refused or told now may be otherwise when a daemon has been restarted, or a host has set its own clock, ms. */
const GRACE_MS = 10_000;

/**
 * Judges one answer: trusted by the same verdict as `vmclockd status`, and |offset| + bound at most `maxBoundNs`.
 * Pure.
 *
 * @param maxBoundNs ns; undefined: any
 */
export function judgeWait(answer: Answer, maxBoundNs: number | undefined): WaitJudgement {
  const hopeless = boundTooSmall(maxBoundNs);
  if (hopeless !== undefined) return { kind: 'never', reason: hopeless, graceMs: 0 };
  if (answer.kind === 'silence') return { kind: 'wait', reason: answer.reason };
  if (answer.kind === 'refusal') return { kind: 'never', reason: answer.reason, graceMs: GRACE_MS };
  const { status } = answer;
  if (status.chronyd === null) return { kind: 'never', reason: NOT_ASKED, graceMs: 0 };
  const { trusted, sentence } = statusVerdict(status);
  if (!trusted) return { kind: 'wait', reason: sentence };
  return judgeBound(status, maxBoundNs) ?? { kind: 'trusted', sentence };
}

const NOT_ASKED =
  'the daemon runs with chronyd = "none": it feeds, but will never know whether the clock follows. Set `chronyd` to ' +
  'the command socket of a chronyd, or wait for the daemon that keeps the clock by its own means (ntpd-rs: `ntp-ctl status`)';

/** What no sample could ever satisfy; undefined: nothing is known against it. */
export function boundTooSmall(maxBoundNs: number | undefined): string | undefined {
  if (maxBoundNs === undefined || maxBoundNs >= LEAST_BOUND_NS) return undefined;
  return `--max-bound ${maxBoundNs} can never be met: no reading is claimed to be better than ${LEAST_BOUND_NS} ns`;
}

function judgeBound({ sample }: StatusDocument, maxBoundNs: number | undefined): WaitJudgement | undefined {
  if (maxBoundNs === undefined) return undefined;
  if (sample === null) return { kind: 'wait', reason: 'no sample has been sent yet' };
  const claimedNs = Math.abs(sample.offsetNs) + sample.boundNs;
  if (claimedNs <= maxBoundNs) return undefined;
  if (sample.hostErrorNs !== null && sample.hostErrorNs > maxBoundNs) {
    const reason = `the host says that its own clock may be wrong by ${formatNs(sample.hostErrorNs)}: no guest of it can be within ${formatNs(maxBoundNs)}. Allow more with --max-bound, or have the host mended`;
    return { kind: 'never', reason, graceMs: GRACE_MS };
  }
  return {
    kind: 'wait',
    reason: `the clock is fed and followed, but within ±${formatNs(claimedNs)} only, not ±${formatNs(maxBoundNs)}`,
  };
}
