import { type ChronydView, ChronydWatch, followsUs } from './chronyd-watch.js';
import type { FeederOptions, FeederPorts } from './feeder-types.js';
import type { OffsetPoint } from './recovery/offset-line.js';
import { Recovery, type RecoveryPolicy, type RecoveryTimeline } from './recovery/recovery.js';

/** chronyd is asked this often until it follows, at first and later, and this often while it follows, ms. */
const ASK_FAST_MS = 200;
const ASK_MS = 1000;
const ASK_SLOW_MS = 4000;
const FAST_FOR_NS = 30e9;
/** chronyd's leap status while it has no source. */
const UNSYNCHRONISED = 3;
/** chronyd's reference while it has no source and is configured with `local`, 127.127.1.1: it then calls itself synchronised. */
const LOCAL_REFERENCE = 0x7f7f0101;

interface ChronydKeeperEvents {
  /** chronyd follows what was sent in this epoch. */
  readonly onFollows: (nowRawNs: bigint) => void;
  /** A recovery wants a sample now. */
  readonly onWantSample: () => void;
  /** chronyd may be fed again. */
  readonly onReady: () => void;
}

/** Everything about chronyd but the samples: how it stands, whether it may be fed, and what it is told. */
export class ChronydKeeper {
  readonly #ports: FeederPorts;
  readonly #events: ChronydKeeperEvents;
  readonly #watch: ChronydWatch | undefined;
  #options: FeederOptions;
  #recovery: Recovery | undefined;
  #epochRawNs: bigint;
  #firstSentRawNs: bigint | undefined;
  #followedSinceRawNs: bigint | undefined;
  /** Whether chronyd's state was looked at once since it started, for the first step. */
  #startSeen = false;

  constructor(ports: FeederPorts, options: FeederOptions, events: ChronydKeeperEvents) {
    this.#ports = ports;
    this.#options = options;
    this.#events = events;
    this.#epochRawNs = ports.clock.monotonicRawNs();
    this.#watch =
      ports.chronyd &&
      new ChronydWatch({
        chronyd: ports.chronyd,
        clock: ports.clock,
        timers: ports.timers,
        refid: options.refid,
        intervalMs: () => this.#askMs(),
        onView: (view) => this.#onView(view),
      });
  }

  /** What chronyd last said; undefined without a command socket. */
  get view(): ChronydView | undefined {
    return this.#watch?.view;
  }

  /** Whether chronyd may be fed. */
  get ready(): boolean {
    return this.#recovery?.ready ?? true;
  }

  /** What keeps it from being ready, "" when nothing is known to be wrong. */
  get problem(): string {
    return this.#recovery?.problem ?? '';
  }

  /** Since when chronyd has followed what was sent in this epoch; undefined: it does not. CLOCK_MONOTONIC_RAW, ns. */
  get followedSinceRawNs(): bigint | undefined {
    return this.#followedSinceRawNs;
  }

  start(): void {
    this.#watch?.start();
  }

  stop(): void {
    const { chronyd } = this.#ports;
    const halfway = this.#recovery?.halfway ?? false;
    this.#recovery?.cancel();
    this.#watch?.stop();
    if (chronyd === undefined || !halfway) return;
    // An offset without its step would be slewed, for hours if it is large: rather let chronyd find it by itself.
    chronyd.cancelPending('ending');
    chronyd.resetSources().catch(() => {
      // It has left; nobody will be here for the answer.
    });
  }

  apply(options: FeederOptions): void {
    this.#options = options;
    if (options.recovery === 'feed-only') this.#recovery?.giveUp();
  }

  /** What chronyd follows from now on was sent before, until something is sent again. */
  epochBegan(): void {
    this.#epochRawNs = this.#ports.clock.monotonicRawNs();
    this.#firstSentRawNs = undefined;
    this.#followedSinceRawNs = undefined;
    this.#recovery?.onDiscontinuity();
  }

  sent(nowRawNs: bigint): void {
    this.#firstSentRawNs ??= nowRawNs;
  }

  notSent(): void {
    this.#followedSinceRawNs = undefined;
  }

  /** Since the first sample of this epoch left, ns; undefined before it. */
  fedForNs(nowRawNs: bigint): number | undefined {
    return this.#firstSentRawNs === undefined ? undefined : Number(nowRawNs - this.#firstSentRawNs);
  }

  /** A sample that may not be fed yet. */
  onSample(point: OffsetPoint): void {
    this.#recovery?.onSample(point);
  }

  /** The system clock was stepped by somebody else, or there was a hold. */
  onDiscontinuity(): void {
    this.#recovery?.onDiscontinuity();
  }

  /**
   * chronyd is to forget, and to be put right. Whatever it was asked before is void.
   *
   * @param knownRateChangePpm how much faster the system clock has to run, where the page tells
   */
  putRight(knownRateChangePpm?: number): RecoveryTimeline {
    this.#startSeen = true;
    return this.#startRecovery(this.#options.recovery, knownRateChangePpm);
  }

  /**
   * chronyd goes on trusting a source that is silent, for ever. Where we must not feed for long, it is told to forget us:
   * it is then unsynchronised, or takes another source. It comes back by itself when it is fed again.
   *
   * @returns whether it was told now
   */
  withdraw(why: string): boolean {
    const view = this.view;
    if (view === undefined || !this.ready || this.#options.recovery === 'feed-only') return false;
    if (!followsUs(view, this.#options.refid)) return false;
    this.#ports.log.warn(`chronyd is told not to trust us for now: ${why}`);
    this.#startRecovery('reset', undefined);
    return true;
  }

  /**
   * chronyd has just started, or knows no time yet: a clock that is far off is put right at once instead of slewed.
   *
   * @param offsetNs true − system time
   * @returns whether that was begun
   */
  putRightAtStart(offsetNs: number): boolean {
    const { recovery, firstStepThresholdMs } = this.#options;
    const view = this.view;
    // Without our source chronyd is not ours to put right; and a recovery under way does it already.
    if (this.#startSeen || !this.ready || recovery !== 'feed-forward') return false;
    if (view?.tracking === undefined || !view.reachable || view.source === undefined) return false;
    this.#startSeen = true;
    const far = firstStepThresholdMs > 0 && Math.abs(offsetNs) > firstStepThresholdMs * 1e6;
    const { leapStatus, refId } = view.tracking;
    const hasSource = leapStatus !== UNSYNCHRONISED && refId !== LOCAL_REFERENCE;
    if (hasSource || !far) return false;
    const milliseconds = Math.round(offsetNs / 1e6);
    this.#ports.log.info(
      `chronyd is not synchronised and the clock is off by ${milliseconds} ms: putting it right at once`,
    );
    this.#startRecovery(recovery, undefined);
    return true;
  }

  #startRecovery(policy: RecoveryPolicy, knownRateChangePpm: number | undefined): RecoveryTimeline {
    const { chronyd, clock, timers, log, sock } = this.#ports;
    this.#recovery?.cancel();
    chronyd?.cancelPending('chronyd is being reset');
    this.#followedSinceRawNs = undefined;
    const recovery = new Recovery({
      chronyd,
      policy,
      stepThresholdNs: this.#options.stepThresholdUs * 1e3,
      knownRateChangePpm,
      pendingBytes: () => sock.pendingBytes(),
      clock,
      timers,
      log,
      onWantSample: this.#events.onWantSample,
      onReady: this.#events.onReady,
    });
    this.#recovery = recovery;
    recovery.start();
    // What chronyd said of itself before the reset says nothing about now.
    this.#watch?.restart();
    return recovery.timeline;
  }

  #onView(view: ChronydView): void {
    if (!view.reachable) this.#startSeen = false;
    const first = this.#firstSentRawNs;
    // Asked before our first sample of this epoch it can only have been following an earlier one.
    if (first === undefined || view.askedRawNs < first || !followsUs(view, this.#options.refid)) {
      this.#followedSinceRawNs = undefined;
      return;
    }
    const now = this.#ports.clock.monotonicRawNs();
    this.#followedSinceRawNs ??= now;
    this.#events.onFollows(now);
  }

  #askMs(): number {
    if (this.#followedSinceRawNs !== undefined) return ASK_SLOW_MS;
    return Number(this.#ports.clock.monotonicRawNs() - this.#epochRawNs) < FAST_FOR_NS ? ASK_FAST_MS : ASK_MS;
  }
}
