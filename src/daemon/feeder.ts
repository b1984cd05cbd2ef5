import { readClockPair } from '../ioctl/clock-pair.js';
import type { ReadingBatch } from '../ioctl/reading.js';
import type { VmclockPage } from '../ioctl/vmclock-page.js';
import { ChronydKeeper } from './chronyd-keeper.js';
import { causeInWords, type DisruptionRecord } from './disruption-record.js';
import type { DisruptionCause, Epoch } from './epoch.js';
import { EpochKnowledge, type JudgedSample } from './epoch-knowledge.js';
import { clockStep } from './estimator/clock-step.js';
import type { EstablishedShift, FeederCounters, FeederOptions, FeederPorts, FeederReport } from './feeder-types.js';
import { LoopTimers } from './loop-timers.js';
import { Outlet } from './outlet.js';
import { sampleIntervalMs } from './pacing.js';
import { PageWatch } from './page-watch.js';
import { Progress } from './progress.js';
import { pageRateChangePpm } from './recovery/page-rate-change.js';
import { validTaiOffset } from './valid-tai-offset.js';

/** A page in the middle of an update is looked at again this soon, ms. */
const UNSETTLED_LOOK_MS = 2;
/** Where poll() wakes us, a look this often makes sure that no wake-up was lost, ms. */
const SAFETY_LOOK_MS = 1000;
/** chronyd may never select us (noselect, a better source): a recovery is over then all the same, ns. */
const RECOVERY_ENDS_NS = 30e9;
/** Readings that cannot be used are no news at first; after so long without a sample they are, in intervals and ns. */
const SILENT_INTERVALS = 3;
const SILENT_NS = 5e9;

/** A sample may leave with this leap status; undefined: it may not leave. */
type Clearance = { readonly leap: 0 | 1 | 2 } | undefined;

/**
 * The loop: looks at the page, reads the PHC, judges, feeds chronyd; and when the counter was disrupted, throws
 * away what it knew and begins again.
 *
 * The page is looked at before and after each reading and once more before the datagram leaves. What remains is the
 * way from that last look into the kernel's sendto. A disruption in there is noticed by the next look, and the reset
 * that follows has chronyd drop the sample.
 */
export class Feeder {
  readonly #ports: FeederPorts;
  #options: FeederOptions;
  readonly #pageWatch: PageWatch;
  readonly #chronyd: ChronydKeeper;
  readonly #outlet: Outlet;
  readonly #progress: Progress;
  readonly #timers: LoopTimers;
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
    withdrawals: 0,
  };

  /** Everything learnt in this epoch; a disruption replaces it. */
  #knowledge: EpochKnowledge | undefined;
  #epochRawNs: bigint;
  #record: DisruptionRecord | undefined;
  #disruptions = 0;
  /** PHC − UTC is the driver's and not the counter's, so it outlives the epoch, as evidence for the next. */
  #shift: EstablishedShift | undefined;
  #suspect = false;
  #samplesTried = 0;
  #lookedFor: 'poll' | 'look' = 'look';

  constructor(ports: FeederPorts, options: FeederOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#startedRawNs = ports.clock.monotonicRawNs();
    this.#epochRawNs = this.#startedRawNs;
    this.#pageWatch = new PageWatch(ports.remembered?.epoch);
    this.#shift = ports.remembered?.shift;
    this.#outlet = new Outlet(ports.sock, ports.log, this.#nowRawNs);
    this.#progress = new Progress(ports.log, ports.sock.path, this.#startedRawNs, ports.onState);
    this.#timers = new LoopTimers(ports.timers, this.#startedRawNs, {
      look: () => this.#lookAndGoOn(),
      sample: () => this.#sampleAndGoOn(),
    });
    this.#chronyd = new ChronydKeeper(ports, options, {
      onFollows: (nowRawNs) => this.#onFollows(nowRawNs),
      onWantSample: () => this.#sampleSoon(),
      onReady: () => this.#onReady(),
    });
  }

  /** Takes the page as it is for the baseline and begins. Returns at once; everything else happens in timers. */
  start(): void {
    if (this.#ports.page === undefined) {
      this.#newEpoch(undefined);
      this.#remember();
    }
    this.#chronyd.start();
    this.#lookAndGoOn();
    this.#sampleSoon();
  }

  /** Ends all timers; nothing is sent after this. */
  stop(): void {
    this.#timers.stop();
    this.#chronyd.stop();
  }

  /** The page's notification came: looks now. */
  wake(): void {
    if (!this.#timers.stopped) this.#lookAndGoOn();
  }

  /** Takes over settings that a reload may change. */
  apply(options: FeederOptions): void {
    this.#options = options;
    this.#chronyd.apply(options);
  }

  /** How late the next sample is, ns; <= 0 while the loop is alive and well. */
  overdueNs(): number {
    return this.#timers.overdueNs(this.#nowRawNs());
  }

  /** Everything status tells, as of now: looks at the page first, so that no claim outlives a disruption. */
  report(): FeederReport {
    if (!this.#timers.stopped) this.#look();
    return {
      now: readClockPair(this.#ports.clock),
      startedRawNs: this.#startedRawNs,
      state: this.#progress.state,
      page: this.#pageWatch.page,
      unsettledSinceRawNs: this.#pageWatch.unsettledSinceRawNs,
      sample: this.#outlet.lastSent,
      knowledge: this.#knowledge,
      sends: this.#outlet.report,
      chronyd: this.#chronyd.view,
      disruptions: this.#disruptions,
      lastDisruption: this.#record,
      counters: this.#counters,
    };
  }

  // --- looks and epochs ---

  /** Looks at the page and acts on what it tells. */
  #look(): Clearance {
    const { page, log } = this.#ports;
    if (page === undefined) return { leap: 0 };
    this.#counters.looks += 1;
    const look = page.look();
    if (look.kind === 'unsettled') this.#counters.unsettledLooks += 1;
    const before = this.#pageWatch.page;
    const finding = this.#pageWatch.find(look, this.#nowRawNs);
    const seen = this.#pageWatch.page;
    if (seen !== undefined && seen !== before) this.#ports.onPage(seen);
    switch (finding.kind) {
      case 'clear':
        return finding;
      case 'hold':
        if (finding.reason !== '') this.#progress.hold(finding.reason, this.#nowRawNs());
        if (finding.hostSays) this.#distrustHost(finding.reason);
        return undefined;
      case 'baseline':
        this.#newEpoch(finding.epoch);
        if (finding.cause === undefined) this.#remember();
        else this.#disrupted(finding.cause, finding.epoch);
        return undefined;
      case 'disrupted':
        this.#disrupted(finding.cause, finding.epoch, this.#rateChangePpm(finding.before, finding.after));
        return undefined;
      case 'tai offset changed':
        // A leap second, or a host that was told better: PHC − UTC is to be found again.
        log.info('the TAI offset in the vmclock page has changed: finding the time scale again');
        this.#newEpoch(this.#knowledge?.epoch);
        this.#remember();
        return undefined;
    }
  }

  /** The host takes its own word back: nothing learnt from it holds, now or when it is well again. */
  #distrustHost(reason: string): void {
    if (this.#outlet.lastSent !== undefined) this.#newEpoch(this.#knowledge?.epoch);
    this.#withdraw(reason);
  }

  /** What chronyd was tuned to is the old line only if it was following it. */
  #rateChangePpm(before: VmclockPage, after: VmclockPage): number | undefined {
    if (this.#chronyd.followedSinceRawNs === undefined) return undefined;
    return pageRateChangePpm(before, after, this.#ports.clock.clocksource());
  }

  #newEpoch(epoch: Epoch | undefined): void {
    const { page } = this.#pageWatch;
    // Found under another TAI offset it says nothing about this one.
    if (this.#shift?.pageTaiOffsetSeconds !== (page && validTaiOffset(page))) this.#shift = undefined;
    this.#knowledge = new EpochKnowledge(epoch, {
      timescale: this.#options.timescale,
      driver: this.#ports.phcTimescale,
      rememberedShiftSeconds: this.#shift?.seconds,
      infersDisruptions: this.#ports.page === undefined,
    });
    this.#epochRawNs = this.#nowRawNs();
    this.#outlet.epochBegan();
    this.#suspect = false;
    this.#chronyd.epochBegan();
  }

  /** @param rateChangePpm what the page's old and new lines tell */
  #disrupted(cause: DisruptionCause, epoch: Epoch | undefined, rateChangePpm?: number): void {
    const { clock, log, phc, page } = this.#ports;
    const noticedRawNs = clock.monotonicRawNs();
    const record: DisruptionRecord = { cause, epoch, noticedRawNs, noticedRealtimeNs: clock.realtimeNs() };
    this.#record = record;
    this.#disruptions += 1;
    this.#newEpoch(epoch);
    record.recovery = this.#chronyd.putRight(rateChangePpm);
    phc.reprobe();
    page?.rewatch();
    this.#progress.recovering('the clock was disrupted and chronyd is being put right', noticedRawNs);
    log.warn(`the clock was disrupted: ${causeInWords(cause)}; all measurements are void`, {
      marker: epoch?.marker,
      generation: epoch?.generation,
      disruptions: this.#disruptions,
    });
    this.#ports.onDisruption(record);
    this.#sampleSoon();
  }

  /** The page tells of disruptions, and there was none: the host has put its own clock right. chronyd follows it. */
  #hostStepped(stepNs: number): void {
    this.#ports.log.warn("the host's clock was stepped, or slewed fast; the machine was not disrupted", {
      stepNs: Math.round(stepNs),
    });
    this.#newEpoch(this.#knowledge?.epoch);
  }

  // --- samples ---

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
      this.#chronyd.onDiscontinuity();
    }
    this.#suspect = judgement.kind === 'suspect';
    switch (judgement.kind) {
      case 'sample':
        this.#feed(judgement.sample, knowledge);
        return;
      case 'rejected':
        this.#counters.rejected += 1;
        this.#silent(judgement.reason);
        return;
      case 'suspect':
      case 'hold':
        // What was claimed before is in doubt, or never was certain.
        this.#outlet.retract();
        this.#progress.hold(judgement.reason, this.#nowRawNs());
        return;
      case 'jumped':
        if (this.#ports.page === undefined) this.#disrupted('inferred', undefined);
        else this.#hostStepped(judgement.stepNs);
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
      this.#progress.hold(`the PHC cannot be read: ${message}`, this.#nowRawNs());
      return undefined;
    }
  }

  /** One batch without use is nothing; for long it is. */
  #silent(reason: string): void {
    const now = this.#nowRawNs();
    const limitNs = Math.max(SILENT_NS, SILENT_INTERVALS * this.#intervalMs(now) * 1e6);
    if (this.#outlet.silentForNs(now) > limitNs) this.#progress.hold(`no reading can be used: ${reason}`, now);
  }

  #feed(judged: JudgedSample, knowledge: EpochKnowledge): void {
    this.#establish(judged);
    if (this.#chronyd.putRightAtStart(judged.offsetNs)) {
      this.#progress.recovering('chronyd is being put right for the first time', this.#nowRawNs());
    }
    if (!this.#chronyd.ready) {
      const { problem } = this.#chronyd;
      if (problem !== '')
        this.#progress.hold(`chronyd is not fed before it is put right: ${problem}`, this.#nowRawNs());
      this.#chronyd.onSample({ rawNs: judged.rawNs, offsetNs: judged.offsetNs, boundNs: judged.readingBoundNs });
      return;
    }
    const stepped = clockStep(judged.pairAfter, readClockPair(this.#ports.clock)) !== undefined;
    // The last look: nothing but the send may come after it.
    const clearance = this.#look();
    if (clearance === undefined || knowledge !== this.#knowledge || stepped) {
      this.#counters.straddling += 1;
      return;
    }
    const sentRawNs = this.#outlet.send(judged, clearance.leap);
    if (sentRawNs === undefined) {
      this.#chronyd.notSent();
      this.#progress.hold(this.#outlet.failing, this.#nowRawNs());
      return;
    }
    this.#chronyd.sent(sentRawNs);
    this.#tellSent(judged);
    if (this.#record !== undefined) this.#record.firstSampleRawNs ??= sentRawNs;
    this.#advance(sentRawNs);
  }

  #tellSent(sample: JudgedSample): void {
    const record = this.#record;
    this.#ports.onSample?.({
      sample,
      phcPpm: this.#knowledge?.rate?.phcPpm,
      chronyd: this.#chronyd.view,
      afterCorrection: record?.firstSampleRawNs === undefined && record?.recovery?.correctedRawNs !== undefined,
    });
  }

  /** What was found out about the time scale is worth keeping; what was configured is kept where it was configured. */
  #establish({ shiftSeconds }: JudgedSample): void {
    if (this.#shift?.seconds === shiftSeconds || this.#options.timescale !== 'auto') return;
    const { page } = this.#pageWatch;
    this.#shift = { seconds: shiftSeconds, pageTaiOffsetSeconds: page && validTaiOffset(page) };
    this.#remember();
  }

  // --- chronyd ---

  /** chronyd may be fed: only now is the disruption dealt with, should the daemon be restarted. */
  #onReady(): void {
    this.#remember();
    this.#sampleSoon();
  }

  #onFollows(nowRawNs: bigint): void {
    const record = this.#record;
    const offsetNs = this.#outlet.lastSent?.offsetNs;
    if (record !== undefined && record.synchronisedRawNs === undefined) {
      record.synchronisedRawNs = nowRawNs;
      if (offsetNs !== undefined) record.offsetThenNs = offsetNs;
    }
    if (this.#progress.state.name === 'recovering') this.#advance(nowRawNs);
  }

  #withdraw(why: string): void {
    if (this.#chronyd.withdraw(why)) this.#counters.withdrawals += 1;
  }

  #withdrawIfSilent(nowRawNs: bigint): void {
    const { withdrawAfterSeconds } = this.#options;
    const silent = this.#outlet.silentForNs(nowRawNs) > withdrawAfterSeconds * 1e9;
    if (withdrawAfterSeconds > 0 && silent) this.#withdraw(`no sample could be sent for ${withdrawAfterSeconds} s`);
  }

  /** A sample left, or chronyd follows: that ends a start, a hold or a recovery. */
  #advance(nowRawNs: bigint): void {
    const record = this.#record;
    const awaited =
      record !== undefined &&
      record.synchronisedRawNs === undefined &&
      this.#chronyd.view !== undefined &&
      (this.#chronyd.fedForNs(nowRawNs) ?? 0) < RECOVERY_ENDS_NS;
    if (awaited) {
      this.#progress.recovering('the clock was disrupted; chronyd is fed again and does not follow yet', nowRawNs);
    } else {
      this.#progress.feeding(record, nowRawNs);
    }
  }

  /** Not before chronyd has been put right: a daemon that is restarted until then has to do it over. */
  #remember(): void {
    if (this.#chronyd.ready) this.#ports.remember({ epoch: this.#knowledge?.epoch, shift: this.#shift });
  }

  // --- timers ---

  #lookAndGoOn(): void {
    const { page } = this.#ports;
    if (page === undefined) return;
    this.#look();
    const { lookIntervalMs } = this.#options;
    this.#lookedFor = page.watching;
    const settledMs = page.watching === 'poll' ? SAFETY_LOOK_MS : lookIntervalMs;
    const soon =
      this.#pageWatch.unsettledSinceRawNs !== undefined && this.#pageWatch.brieflyUnsettled(this.#nowRawNs());
    const delayMs = soon ? Math.min(UNSETTLED_LOOK_MS, lookIntervalMs) : settledMs;
    this.#timers.lookAfter(delayMs);
  }

  #sampleSoon(): void {
    this.#timers.sampleAfter(0, this.#nowRawNs());
  }

  #sampleAndGoOn(): void {
    const record = this.#record;
    this.#samplesTried += 1;
    this.#sample();
    // A disruption noticed in there has set the timer itself.
    if (record !== this.#record) return;
    const now = this.#nowRawNs();
    this.#withdrawIfSilent(now);
    this.#timers.sampleAfter(this.#intervalMs(now), now);
    // Another hypervisor may have taken the notifications away: then somebody has to look.
    if (this.#ports.page !== undefined && this.#ports.page.watching !== this.#lookedFor) this.#lookAndGoOn();
  }

  #intervalMs(nowRawNs: bigint): number {
    const followed = this.#chronyd.followedSinceRawNs;
    return sampleIntervalMs({
      ...this.#options,
      recovering: !this.#chronyd.ready,
      hurried: this.#suspect,
      sampleNumber: this.#samplesTried,
      poll: this.#chronyd.view?.source?.poll,
      synchronisedForNs: followed === undefined ? undefined : Number(nowRawNs - followed),
      epochForNs: Number(nowRawNs - this.#epochRawNs),
    });
  }
}
