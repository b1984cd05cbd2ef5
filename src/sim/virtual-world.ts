import type { ClockPort, PagePort, PhcPort, SamplePort, TimerPort } from '../daemon/ports.js';
import type { ClockPair, Reading, ReadingBatch, ReadingMethod } from '../ioctl/reading.js';
import type { PageLook, VmclockPage } from '../ioctl/vmclock-page.js';
import type { RefclockSample } from '../sock/refclock-sample.js';
import type { SendOutcome } from '../sock/send-outcome.js';
import { Random } from './random.js';
import { TrueLine } from './true-line.js';
import { VirtualChronyd } from './virtual-chronyd.js';
import { VirtualPage } from './virtual-page.js';

/** How a virtual world is made. */
export interface VirtualWorldOptions {
  readonly seed: number;
  /** The page at start; undefined: no vmclock in this world. */
  readonly page?: VmclockPage;
  /** System clock − true time at start, ns. */
  readonly systemErrorNs?: number;
  /** How much faster the system clock runs than CLOCK_MONOTONIC_RAW at start, ppm; 'true': as true time does. */
  readonly systemRatePpm?: number | 'true';
  /** chronyd may not steer the system clock, as with -x: it refuses makestep, and nothing moves. */
  readonly unsteered?: boolean;
  /** PHC − UTC, s. */
  readonly phcShiftSeconds?: number;
  readonly method?: ReadingMethod;
  readonly readingsPerBatch?: number;
  /** Mean of the exponential delay on each side of a reading, on top of 500 ns. */
  readonly delayNs?: number;
  /** Time that reading a system clock takes, ns; default 40. */
  readonly clockCallNs?: number;
  /** How long a command is on its way to chronyd, ns; default 10 to 200 µs. */
  readonly commandNs?: number;
  /** What the guest's kernel counts; default "tsc". */
  readonly clocksource?: string;
  /** Virtual time between a sample's last look and its departure, ns. */
  readonly sendGapNs?: number;
  /** Probability that the answer to a command is lost; the command itself arrives, as unix datagrams do. */
  readonly answerLoss?: number;
}

/** What happens to the guest's counter, and how the page tells it. */
export interface VirtualDisruption {
  readonly stepNs: number;
  readonly ratePpm: number;
  /** 'marker then generation' and the reverse take two updates, `apartNs` from each other. */
  readonly tells: 'marker' | 'generation' | 'both' | 'marker then generation' | 'generation then marker' | 'nothing';
  readonly apartNs?: number;
  /** The page stays odd for so long from the first instant of the disruption on, ns. */
  readonly oddForNs?: number;
}

/** A sample that left, and what was true then. */
export interface DepartedSample {
  readonly sample: RefclockSample;
  readonly rawNs: bigint;
  readonly takenRawNs: bigint;
  /** The latest disruption and the latest reset of chronyd then; undefined: none yet. */
  readonly disruptedRawNs: bigint | undefined;
  readonly resetRawNs: bigint | undefined;
  /** Sample's offset − the true offset of the epoch in which it left, ns. */
  readonly errorNs: number;
  /** Taken before the latest disruption: wrong, whatever its error. */
  readonly straddles: boolean;
  /** chronyd has not been reset since the latest disruption. */
  readonly intoUnresetChronyd: boolean;
}

interface Due {
  readonly rawNs: bigint;
  readonly run: () => void;
}

/**
 * A guest, its host and its chronyd in virtual time. Reading a clock, a page or the PHC takes virtual time, and
 * anything may happen within it: that is how a disruption comes between any two steps of the loop.
 */
export class VirtualWorld {
  readonly random: Random;
  readonly departed: DepartedSample[] = [];
  readonly chronyd: VirtualChronyd;
  readonly clock: ClockPort;
  readonly phc: PhcPort & { failWith: Error | undefined };
  readonly page: PagePort | undefined;
  readonly sock: SamplePort;
  readonly timers: TimerPort;
  /** Host's page; undefined in a world without vmclock. */
  readonly hostPage: VirtualPage | undefined;
  /** Called when a reading of the PHC begins and ends: for disruptions that are aimed at the loop's weakest moments. */
  onPhcRead: ((when: 'begin' | 'end') => void) | undefined;
  /** From now on no answer of chronyd's arrives. */
  answersLost = false;
  /** The PHC's readings contradict each other: the device is being stepped. */
  contradictory = false;
  /** What chronyd has not read yet. */
  pendingBytes = 0;
  /** Times the loop had the PHC and the page probed anew. */
  reprobes = 0;
  rewatches = 0;
  disruptions = 0;
  lastDisruptionRawNs: bigint | undefined;

  readonly #options: VirtualWorldOptions;
  #rawNs = 1_000_000_000_000n;
  #line: TrueLine;
  /** The system clock over CLOCK_MONOTONIC_RAW. */
  #system: TrueLine;
  /** Where and when the last batch began: what is sent was taken then. */
  #lastBatch = { rawNs: 0n, realtimeNs: 0n };
  #phcShiftSeconds: number;
  /** World's own happenings: they strike at their instant, also in the middle of a call. */
  readonly #happenings: Due[] = [];
  /** The loop's timers: they run between calls. */
  readonly #timers: Due[] = [];
  #settle = false;
  /** Updates of the page that have begun and not ended. */
  #updates = 0;

  constructor(options: VirtualWorldOptions) {
    this.#options = options;
    this.#phcShiftSeconds = options.phcShiftSeconds ?? 0;
    this.random = new Random(options.seed);
    this.#line = new TrueLine(this.#rawNs, 1_790_000_000_000_000_000n, this.random.between(-50, 50));
    const startNs = this.#line.utcAt(this.#rawNs) + BigInt(Math.round(options.systemErrorNs ?? 0));
    this.#system = new TrueLine(
      this.#rawNs,
      startNs,
      options.systemRatePpm === 'true' ? this.#line.ratePpm : (options.systemRatePpm ?? 0),
    );
    this.hostPage = options.page && new VirtualPage(options.page);
    this.chronyd = new VirtualChronyd({
      rawNs: () => this.#rawNs,
      later: (delayNs, callback) => {
        insert(this.#timers, {
          rawNs: this.#rawNs + BigInt(Math.round(delayNs)),
          run: () => {
            this.#settle = true;
            callback();
          },
        });
      },
      latency: () => ({ thereNs: options.commandNs ?? this.random.between(10e3, 200e3), backNs: this.#wayBack() }),
      ...(options.unsteered === true
        ? {}
        : {
            steer: (stepNs: number, ratePpm: number) => {
              this.#system = this.#system.disrupted(this.#rawNs, stepNs, this.#system.ratePpm + ratePpm);
            },
          }),
    });
    const { clockCallNs = 40 } = options;
    this.clock = {
      monotonicRawNs: () => this.#take(clockCallNs, () => this.#rawNs),
      realtimeNs: () => this.#take(clockCallNs, () => this.#realtimeNs()),
      kernelTaiOffsetSeconds: () => 0,
      clocksource: () => this.#options.clocksource ?? 'tsc',
    };
    this.phc = this.#makePhc();
    this.page = this.hostPage && {
      path: '/dev/vmclock0',
      watching: 'look',
      look: () => this.#look(),
      rewatch: () => {
        this.rewatches += 1;
      },
    };
    this.sock = {
      path: '/run/chrony.vmclockd.sock',
      send: (sample) => this.#send(sample),
      pendingBytes: () => this.pendingBytes,
    };
    this.timers = { after: (delayMs, callback) => this.#after(delayMs, callback) };
  }

  get rawNs(): bigint {
    return this.#rawNs;
  }

  /** How much faster true time passes than CLOCK_MONOTONIC_RAW, ppm. */
  get ratePpm(): number {
    return this.#line.ratePpm;
  }

  /** How much faster true time passes than the system clock, ppm. */
  trueRatePpm(): number {
    return this.#line.ratePpm - this.#system.ratePpm;
  }

  /** True time − system time now, ns. */
  trueOffsetNs(): number {
    return Number(this.#line.utcAt(this.#rawNs) - this.#realtimeNs());
  }

  /** Lets something happen `delayNs` from now, wherever the loop is then. */
  schedule(delayNs: number, happening: () => void): void {
    insert(this.#happenings, { rawNs: this.#rawNs + BigInt(Math.round(delayNs)), run: happening });
  }

  /** The counter is disrupted at this instant; the guest never sees the old page as settled afterwards. */
  disrupt(disruption: VirtualDisruption): void {
    this.#line = this.#line.disrupted(this.#rawNs, disruption.stepNs, disruption.ratePpm);
    this.disruptions += 1;
    this.lastDisruptionRawNs = this.#rawNs;
    const page = this.hostPage;
    if (page === undefined || disruption.tells === 'nothing') return;
    const marker = () => ({ disruptionMarker: page.page.disruptionMarker + 1n });
    const generation = () => ({ vmGenerationCounter: (page.page.vmGenerationCounter ?? 0n) + 1n });
    const [first, second] = updates(disruption.tells, marker, generation);
    page.beginUpdate(first());
    this.#updates += 1;
    const finish = () => {
      this.#updates -= 1;
      // Another disruption may have begun while the page was odd: a hypervisor ends the update once.
      if (this.#updates === 0) page.endUpdate();
      if (second !== undefined) this.schedule(disruption.apartNs ?? 0, () => this.#tell(page, second));
    };
    if (disruption.oddForNs === undefined) finish();
    else this.schedule(disruption.oddForNs, finish);
  }

  #tell(page: VirtualPage, change: PageChange): void {
    page.beginUpdate(change());
    if (this.#updates === 0) page.endUpdate();
  }

  /** The driver ticks another scale from now on: PHC − UTC, s. */
  shiftPhc(seconds: number): void {
    this.#phcShiftSeconds = seconds;
  }

  /** The host's own clock is stepped, which no page tells. */
  stepHost(stepNs: number): void {
    this.#line = this.#line.disrupted(this.#rawNs, stepNs, this.#line.ratePpm);
  }

  /** Somebody else sets the system clock. */
  stepSystemClock(stepNs: number): void {
    this.#system = this.#system.disrupted(this.#rawNs, stepNs, this.#system.ratePpm);
  }

  /** Runs timers and happenings for `spanNs` of virtual time. */
  async run(spanNs: number): Promise<void> {
    const until = this.#rawNs + BigInt(Math.round(spanNs));
    for (;;) {
      const next = this.#timers[0];
      if (next === undefined || next.rawNs > until) break;
      this.#timers.shift();
      this.#advanceTo(next.rawNs);
      next.run();
      // Only a reply of chronyd's makes promises move; everything else is done when `run` returns.
      if (this.#settle) {
        this.#settle = false;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    this.#advanceTo(until);
  }

  #realtimeNs(): bigint {
    return this.#system.utcAt(this.#rawNs);
  }

  #advanceTo(rawNs: bigint): void {
    for (let due = this.#happenings[0]; due !== undefined && due.rawNs <= rawNs; due = this.#happenings[0]) {
      this.#happenings.shift();
      if (due.rawNs > this.#rawNs) this.#rawNs = due.rawNs;
      due.run();
    }
    if (rawNs > this.#rawNs) this.#rawNs = rawNs;
  }

  /** Something that takes `spanNs` and sees the world as it is at the end. */
  #take<T>(spanNs: number, look: () => T): T {
    this.#advanceTo(this.#rawNs + BigInt(Math.max(1, Math.round(spanNs))));
    return look();
  }

  #wayBack(): number | undefined {
    return this.answersLost || this.random.chance(this.#options.answerLoss ?? 0)
      ? undefined
      : this.random.between(10e3, 200e3);
  }

  #look(): PageLook {
    const page = this.hostPage;
    if (page === undefined) return { kind: 'unreadable', error: new Error('no page in this world') };
    let seen = this.#take(100, () => page.snapshot());
    for (let spins = 0; seen.kind === 'unsettled' && spins < 20; spins += 1) {
      seen = this.#take(10_000, () => page.snapshot());
    }
    return seen;
  }

  #pair(): ClockPair {
    return this.#take(60, () => ({ realtimeNs: this.#realtimeNs(), monotonicRawNs: this.#rawNs, widthNs: 60 }));
  }

  #makePhc(): PhcPort & { failWith: Error | undefined } {
    const method = this.#options.method ?? 'BASIC';
    const world = this;
    return {
      path: '/dev/ptp0',
      clockName: 'KVM virtual PTP',
      method,
      refusals: [],
      failWith: undefined,
      reprobe: () => {
        world.reprobes += 1;
      },
      read(): ReadingBatch {
        if (this.failWith !== undefined) throw this.failWith;
        world.onPhcRead?.('begin');
        world.#lastBatch = { rawNs: world.#rawNs, realtimeNs: world.#realtimeNs() };
        const batch = method === 'PRECISE' ? world.#preciseBatch() : world.#bracketedBatch(method);
        world.onPhcRead?.('end');
        return batch;
      },
    };
  }

  #deviceNs(): bigint {
    return this.#line.utcAt(this.#rawNs) + BigInt(this.#phcShiftSeconds) * 1_000_000_000n;
  }

  #preciseBatch(): ReadingBatch {
    return this.#take(2000, () => {
      const pair = { realtimeNs: this.#realtimeNs(), monotonicRawNs: this.#rawNs, widthNs: 0 };
      const reading = { beforeNs: pair.realtimeNs, deviceNs: this.#deviceNs(), afterNs: pair.realtimeNs };
      return {
        method: 'PRECISE',
        systemClock: 'CLOCK_REALTIME',
        readings: [reading],
        pairBefore: pair,
        pairAfter: pair,
      };
    });
  }

  #bracketedBatch(method: ReadingMethod): ReadingBatch {
    const side = () => 500 + this.random.exponential(this.#options.delayNs ?? 500);
    const pairBefore = this.#pair();
    const readings: Reading[] = [];
    let beforeNs = this.#realtimeNs();
    for (let i = 0; i < (this.#options.readingsPerBatch ?? 10); i += 1) {
      const stepNs = this.contradictory && i % 2 === 1 ? 1_000_000n : 0n;
      const deviceNs = this.#take(side(), () => this.#deviceNs()) + stepNs;
      const afterNs = this.#take(side(), () => this.#realtimeNs());
      readings.push({ beforeNs, deviceNs, afterNs });
      beforeNs = afterNs;
    }
    return { method, systemClock: 'CLOCK_REALTIME', readings, pairBefore, pairAfter: this.#pair() };
  }

  #send(sample: RefclockSample): SendOutcome {
    if (this.#options.sendGapNs !== undefined) this.#take(this.#options.sendGapNs, () => undefined);
    if (!this.chronyd.running) return { kind: 'dropped', code: 'ECONNREFUSED' };
    const takenRawNs = this.#lastBatch.rawNs + (sample.realtimeNs - this.#lastBatch.realtimeNs);
    const errorNs = sample.offsetNs - Number(this.#line.utcAt(takenRawNs) - sample.realtimeNs);
    const since = this.lastDisruptionRawNs;
    const reset = this.chronyd.lastResetRawNs;
    this.departed.push({
      sample,
      rawNs: this.#rawNs,
      takenRawNs,
      disruptedRawNs: since,
      resetRawNs: reset,
      errorNs,
      straddles: since !== undefined && takenRawNs < since,
      intoUnresetChronyd: since !== undefined && (reset === undefined || reset < since),
    });
    this.chronyd.accept(sample);
    return { kind: 'sent' };
  }

  #after(delayMs: number, callback: () => void): () => void {
    // A real event loop is late by up to some hundred microseconds.
    const late = this.random.exponential(100e3);
    const due: Due = { rawNs: this.#rawNs + BigInt(Math.round(delayMs * 1e6 + late)), run: callback };
    insert(this.#timers, due);
    return () => {
      const at = this.#timers.indexOf(due);
      if (at >= 0) this.#timers.splice(at, 1);
    };
  }
}

type PageChange = () => Partial<VmclockPage>;

/** The one or two updates by which the page tells a disruption. */
function updates(
  tells: Exclude<VirtualDisruption['tells'], 'nothing'>,
  marker: PageChange,
  generation: PageChange,
): readonly [PageChange, PageChange?] {
  switch (tells) {
    case 'marker':
      return [marker];
    case 'generation':
      return [generation];
    case 'both':
      return [() => ({ ...marker(), ...generation() })];
    case 'marker then generation':
      return [marker, generation];
    case 'generation then marker':
      return [generation, marker];
  }
}

/** Keeps a list in order of time; what came first stays first among equals. */
function insert(list: Due[], due: Due): void {
  let at = list.length;
  while (at > 0 && (list[at - 1]?.rawNs ?? 0n) > due.rawNs) at -= 1;
  list.splice(at, 0, due);
}
