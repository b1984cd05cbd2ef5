import { type Answer, judgeWait } from './judge-wait.js';

/** What is waited for. */
export interface WaitLimits {
  /** ms; undefined: for ever. */
  readonly timeoutMs: number | undefined;
  /** |offset| + bound has to be at most this, ns; undefined: any. */
  readonly maxBoundNs: number | undefined;
}

/** The world around the waiting. */
export interface WaitPorts {
  /** Asks the daemon once, for at most `timeoutMs`. Never rejects. */
  ask(timeoutMs: number): Promise<Answer>;
  /** A clock that nobody steps, ms. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** Called when what is waited for has changed. */
  progress(reason: string): void;
}

/** How the waiting ended. */
export type WaitOutcome =
  | { readonly kind: 'trusted'; readonly sentence: string; readonly waitedMs: number }
  | { readonly kind: 'timeout'; readonly reason: string }
  | { readonly kind: 'never'; readonly reason: string };

/** How often the daemon is asked, ms: a boot waits for this, and the daemon answers in well under a millisecond. */
const ASK_EVERY_MS = 250;
/** A daemon that is there answers at once; one that is stuck must not hold us, ms. */
const ANSWER_MS = 5000;

/** Asks until the clock can be trusted, the time is up, or it is clear that waiting does not help. */
export async function waitUntilTrusted(limits: WaitLimits, ports: WaitPorts): Promise<WaitOutcome> {
  const startedMs = ports.nowMs();
  const deadlineMs = limits.timeoutMs === undefined ? Number.POSITIVE_INFINITY : startedMs + limits.timeoutMs;
  let told = '';
  let hopelessSinceMs: number | undefined;
  for (;;) {
    const leftMs = deadlineMs - ports.nowMs();
    if (leftMs <= 0 && told !== '') return { kind: 'timeout', reason: told };
    // Cut shorter than this, an answer would be missed that would have told why.
    const answer = await ports.ask(Math.max(ASK_EVERY_MS, Math.min(ANSWER_MS, leftMs)));
    const judgement = judgeWait(answer, limits.maxBoundNs);
    const nowMs = ports.nowMs();
    if (judgement.kind === 'trusted') {
      return { kind: 'trusted', sentence: judgement.sentence, waitedMs: nowMs - startedMs };
    }
    const { reason } = judgement;
    if (judgement.kind === 'wait') hopelessSinceMs = undefined;
    else {
      hopelessSinceMs ??= nowMs;
      if (nowMs - hopelessSinceMs >= judgement.graceMs) return { kind: 'never', reason };
    }
    if (withoutFigures(reason) !== withoutFigures(told)) ports.progress(reason);
    told = reason;
    await ports.sleep(Math.max(0, Math.min(ASK_EVERY_MS, deadlineMs - nowMs)));
  }
}

/** A bound that shrinks is no news each time. */
function withoutFigures(reason: string): string {
  return reason.replace(/[\d.]+/g, '#');
}
