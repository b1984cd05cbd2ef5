import { readClockPair } from '../ioctl/clock-pair.js';
import type { ReadingBatch } from '../ioctl/reading.js';
import type { SendOutcome } from '../sock/send-outcome.js';
import { SendReport } from '../sock/send-report.js';
import { ChronydWatch, followsUs } from './chronyd-watch.js';
import { causeInWords, type DisruptionRecord } from './disruption-record.js';
import type { DisruptionCause, Epoch } from './epoch.js';
import { EpochKnowledge, type JudgedSample } from './epoch-knowledge.js';
import { clockStep } from './estimator/clock-step.js';
import type { FeederCounters, FeederOptions, FeederPorts, FeederReport } from './feeder-types.js';
import { sampleIntervalMs } from './pacing.js';
import { PageWatch } from './page-watch.js';
import { Progress } from './progress.js';
import { Recovery } from './recovery.js';
import { validTaiOffset } from './valid-tai-offset.js';

/** A page in the middle of an update is looked at again this soon, ms. */
const UNSETTLED_LOOK_MS = 2;
/** Where poll() wakes us, a look this often makes sure that no wake-up was lost, ms. */
const SAFETY_LOOK_MS = 1000;
/** chronyd is asked this often until it follows, and this often afterwards, ms. */
const CHRONYD_FAST_MS = 200;
const CHRONYD_SLOW_MS = 4000;
/** chronyd may never select us (noselect, a better source): a recovery is over then all the same, ns. */
const RECOVERY_ENDS_NS = 30e9;

/** A sample may leave with this leap status; undefined: it may not leave. */
type Clearance = { readonly leap: 0 | 1 | 2 } | undefined;

/**
 * The loop: looks at the page, reads the PHC, judges, feeds chronyd; and when the counter was disrupted, throws
 * away what it knew and begins again.
 *
 * The page is looked at before and after each reading and once more before the datagram leaves. What remains is the
 * way from that last look into the kernel's sendto; a disruption in there is noticed by the next look, and the reset
 * that follows has chronyd drop the sample.
 */
export class Feeder {
  readonly #ports: FeederPorts;
  #options: FeederOptions;
  readonly #pageWatch: PageWatch;
  readonly #chronydWatch: ChronydWatch | undefined;
  readonly #sends: SendReport;
  readonly #progress: Progress;
  readonly #startedRawNs: bigint;
  readonly #nowRawNs = (): bigint => this.#ports.clock.monotonicRawNs();
  readonly #counters: FeederCounters = {
    looks: 0,
    unsettledLooks: 0,
    readings: 0,
    failedReads: 0,
    rejected: 0,
    straddling: 0,
    clockSteps: 0,
  };

  /** Everything learnt in this epoch; a disruption replaces it. */
  #knowledge: EpochKnowledge | undefined;
  #recovery: Recovery | undefined;
  #record: DisruptionRecord | undefined;
  #disruptions = 0;
  /** PHC − UTC, s: the driver's and not the counter's, so it outlives the epoch, as evidence for the next. */
  #shiftSeconds: number | undefined;
  #lastSent: JudgedSample | undefined;
  #firstSentRawNs: bigint | undefined;
  #followedSinceRawNs: bigint | undefined;
  /** Why the last send failed; "" when it did not. */
  #failing = '';

  #cancelSample: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;
  #stopped = false;

  constructor(ports: FeederPorts, options: FeederOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#startedRawNs = ports.clock.monotonicRawNs();
    this.#pageWatch = new PageWatch(ports.remembered?.epoch);
    this.#shiftSeconds = ports.remembered?.shiftSeconds;
    this.#sends = new SendReport(ports.sock.path);
    this.#progress = new Progress(ports.log, ports.sock.path, this.#startedRawNs, ports.onState);
    this.#chronydWatch =
      ports.chronyd &&
      new ChronydWatch({
        chronyd: ports.chronyd,
        clock: ports.clock,
        timers: ports.timers,
        refid: options.refid,
        intervalMs: () => (this.#followedSinceRawNs === undefined ? CHRONYD_FAST_MS : CHRONYD_SLOW_MS),
        onView: () => this.#onChronydView(),
      });
  }

  /** Takes the page as it is for the baseline and begins. Returns at once; everything else happens in timers. */
  start(): void {
    if (this.#ports.page === undefined) this.#newEpoch(undefined);
    this.#chronydWatch?.start();
    this.#lookAndGoOn();
    this.#sampleSoon();
  }

  /** Ends all timers; nothing is sent after this. */
  stop(): void {
    this.#stopped = true;
    this.#cancelLook?.();
    this.#cancelSample?.();
    this.#recovery?.cancel();
    this.#chronydWatch?.stop();
  }

  /** The page's notification came: looks now. */
  wake(): void {
    if (!this.#stopped) this.#look();
  }

  /** Takes over settings that a reload may change. */
  apply(options: FeederOptions): void {
    this.#options = options;
  }

  /** Everything status tells, as of now: looks at the page first, so that no claim outlives a disruption. */
  report(): FeederReport {
    this.wake();
    return {
      nowRawNs: this.#ports.clock.monotonicRawNs(),
      nowRealtimeNs: this.#ports.clock.realtimeNs(),
      startedRawNs: this.#startedRawNs,
      state: this.#progress.state,
      page: this.#pageWatch.page,
      unsettledSinceRawNs: this.#pageWatch.unsettledSinceRawNs,
      sample: this.#lastSent,
      knowledge: this.#knowledge,
      sends: this.#sends,
      chronyd: this.#chronydWatch?.view,
      disruptions: this.#disruptions,
      lastDisruption: this.#record,
      counters: this.#counters,
    };
  }

  /** Looks at the page and acts on what it tells. */
  #look(): Clearance {
    const { page, clock, log } = this.#ports;
    if (page === undefined) return { leap: 0 };
    this.#counters.looks += 1;
    const look = page.look();
    if (look.kind === 'unsettled') this.#counters.unsettledLooks += 1;
    const finding = this.#pageWatch.find(look, this.#nowRawNs);
    switch (finding.kind) {
      case 'clear':
        return finding;
      case 'hold':
        if (finding.reason !== '') this.#progress.hold(finding.reason, clock.monotonicRawNs());
        return undefined;
      case 'baseline':
        if (finding.cause === undefined) this.#newEpoch(finding.epoch);
        else this.#disrupted(finding.cause, finding.epoch);
        return undefined;
      case 'disrupted':
        this.#disrupted(finding.cause, finding.epoch);
        return undefined;
      case 'tai offset changed':
        // A leap second, or a host that was told better: PHC − UTC is to be found again.
        log.info('the TAI offset in the vmclock page has changed: finding the time scale again');
        this.#shiftSeconds = undefined;
        this.#newEpoch(this.#knowledge?.epoch);
        return undefined;
    }
  }

  #newEpoch(epoch: Epoch | undefined): void {
    this.#knowledge = new EpochKnowledge(epoch, {
      timescale: this.#options.timescale,
      driver: this.#ports.phcTimescale,
      rememberedShiftSeconds: this.#shiftSeconds,
      infersJumps: this.#ports.page === undefined,
    });
    this.#lastSent = undefined;
    this.#firstSentRawNs = undefined;
    this.#followedSinceRawNs = undefined;
    this.#ports.remember({ epoch, shiftSeconds: this.#shiftSeconds });
  }

  #disrupted(cause: DisruptionCause, epoch: Epoch | undefined): void {
    const { clock, log, phc, chronyd, timers } = this.#ports;
    const noticedRawNs = clock.monotonicRawNs();
    const record: DisruptionRecord = { cause, epoch, noticedRawNs, noticedRealtimeNs: clock.realtimeNs() };
    this.#record = record;
    this.#disruptions += 1;
    this.#ports.onDisruption(record);
    this.#newEpoch(epoch);
    phc.reprobe();
    this.#ports.page?.rewatch();
    this.#progress.recovering('the clock was disrupted and chronyd is being put right', noticedRawNs);
    log.warn(`the clock was disrupted: ${causeInWords(cause)}; all measurements are void and chronyd is told so`, {
      marker: epoch?.marker,
      generation: epoch?.generation,
      disruptions: this.#disruptions,
    });
    this.#recovery?.cancel();
    this.#recovery = new Recovery({
      chronyd,
      policy: this.#options.recovery,
      timers,
      log,
      onReady: (answered) => {
        if (answered) record.resetAnsweredRawNs = clock.monotonicRawNs();
        this.#sampleSoon();
      },
    });
    this.#recovery.start();
    // What chronyd said of itself before the reset says nothing about now.
    this.#chronydWatch?.restart();
    this.#sampleSoon();
  }

  /** Reads, judges and sends one sample; every reason not to is a return. */
  #sample(): void {
    if (this.#look() === undefined) return;
    const knowledge = this.#knowledge;
    if (knowledge === undefined) return;
    const batch = this.#read();
    if (batch === undefined) return;
    if (this.#look() === undefined || knowledge !== this.#knowledge) {
      this.#counters.straddling += 1;
      return;
    }
    const { page } = this.#pageWatch;
    const { clock, log } = this.#ports;
    const judgement = knowledge.judge(batch, {
      page,
      pageTaiOffsetSeconds: page && validTaiOffset(page),
      kernelTaiOffsetSeconds: clock.kernelTaiOffsetSeconds(),
    });
    if (judgement.clockStepNs !== 0) {
      this.#counters.clockSteps += 1;
      log.info('the system clock was stepped', { stepNs: Math.round(judgement.clockStepNs) });
    }
    switch (judgement.kind) {
      case 'sample':
        this.#feed(judgement.sample, knowledge);
        return;
      case 'rejected':
        this.#counters.rejected += 1;
        log.debug(`reading not used: ${judgement.reason}`);
        return;
      case 'hold':
        this.#progress.hold(judgement.reason, clock.monotonicRawNs());
        return;
      case 'jumped':
        this.#disrupted('inferred', undefined);
        return;
    }
  }

  #read(): ReadingBatch | undefined {
    try {
      const batch = this.#ports.phc.read();
      this.#counters.readings += batch.readings.length;
      return batch;
    } catch (error) {
      this.#counters.failedReads += 1;
      const message = error instanceof Error ? error.message : String(error);
      this.#progress.hold(`the PHC cannot be read: ${message}`, this.#ports.clock.monotonicRawNs());
      return undefined;
    }
  }

  #feed(judged: JudgedSample, knowledge: EpochKnowledge): void {
    const { clock, sock } = this.#ports;
    if (this.#shiftSeconds !== judged.shiftSeconds) {
      this.#shiftSeconds = judged.shiftSeconds;
      this.#ports.remember({ epoch: knowledge.epoch, shiftSeconds: judged.shiftSeconds });
    }
    if (this.#recovery !== undefined && !this.#recovery.ready) {
      const { problem } = this.#recovery;
      if (problem !== '')
        this.#progress.hold(`chronyd could not be reset, so it is not fed: ${problem}`, clock.monotonicRawNs());
      return;
    }
    const stepped = clockStep(judged.pairAfter, readClockPair(clock)) !== undefined;
    // The last look: nothing but the send may come after it.
    const clearance = this.#look();
    if (clearance === undefined || knowledge !== this.#knowledge || stepped) {
      this.#counters.straddling += 1;
      return;
    }
    const outcome = sock.send({ realtimeNs: judged.realtimeNs, offsetNs: judged.offsetNs, leap: clearance.leap });
    this.#onSendOutcome(outcome, judged);
  }

  #onSendOutcome(outcome: SendOutcome, judged: JudgedSample): void {
    const { clock, log, sock } = this.#ports;
    const now = clock.monotonicRawNs();
    const event = this.#sends.note(outcome);
    if (event?.kind === 'works again') log.info(`${sock.path} takes samples again`, { dropped: event.dropped });
    if (outcome.kind === 'dropped') {
      if (event?.kind === 'failing') this.#failing = `cannot feed ${sock.path}: ${event.code}: ${event.remedy}`;
      this.#followedSinceRawNs = undefined;
      this.#progress.hold(this.#failing, now);
      return;
    }
    this.#lastSent = judged;
    this.#firstSentRawNs ??= now;
    if (this.#record !== undefined) this.#record.firstSampleRawNs ??= now;
    this.#advance(now);
  }

  #onChronydView(): void {
    const view = this.#chronydWatch?.view;
    // Before our first sample of this epoch it can only be following an earlier one.
    if (view === undefined || this.#firstSentRawNs === undefined || !followsUs(view, this.#options.refid)) {
      this.#followedSinceRawNs = undefined;
      return;
    }
    const now = this.#ports.clock.monotonicRawNs();
    this.#followedSinceRawNs ??= now;
    if (this.#record !== undefined) this.#record.synchronisedRawNs ??= now;
    if (this.#progress.state.name === 'recovering') this.#advance(now);
  }

  /** A sample left, or chronyd follows: that ends a start, a hold or a recovery. */
  #advance(nowRawNs: bigint): void {
    const record = this.#record;
    const awaited =
      record !== undefined &&
      record.synchronisedRawNs === undefined &&
      this.#chronydWatch !== undefined &&
      Number(nowRawNs - (this.#firstSentRawNs ?? nowRawNs)) < RECOVERY_ENDS_NS;
    if (awaited)
      this.#progress.recovering('the clock was disrupted; chronyd is fed again and does not follow yet', nowRawNs);
    else this.#progress.feeding(record, nowRawNs);
  }

  #lookAndGoOn(): void {
    const { page, timers, clock } = this.#ports;
    if (page === undefined) return;
    this.#look();
    const { lookIntervalMs } = this.#options;
    const settledMs = page.watching === 'poll' ? SAFETY_LOOK_MS : lookIntervalMs;
    const soon =
      this.#pageWatch.unsettledSinceRawNs !== undefined && this.#pageWatch.brieflyUnsettled(clock.monotonicRawNs());
    this.#cancelLook = timers.after(soon ? Math.min(UNSETTLED_LOOK_MS, lookIntervalMs) : settledMs, () =>
      this.#lookAndGoOn(),
    );
  }

  #sampleSoon(): void {
    this.#cancelSample?.();
    this.#cancelSample = this.#ports.timers.after(0, () => this.#sampleAndGoOn());
  }

  #sampleAndGoOn(): void {
    const record = this.#record;
    this.#sample();
    // A disruption noticed in there has set the timer itself.
    if (this.#stopped || record !== this.#record) return;
    const now = this.#ports.clock.monotonicRawNs();
    const since = (rawNs: bigint | undefined) => (rawNs === undefined ? undefined : Number(now - rawNs));
    const delayMs = sampleIntervalMs({
      ...this.#options,
      poll: this.#chronydWatch?.view.source?.poll,
      synchronisedForNs: since(this.#followedSinceRawNs),
      feedingForNs: since(this.#firstSentRawNs),
    });
    this.#cancelSample = this.#ports.timers.after(delayMs, () => this.#sampleAndGoOn());
  }
}
