import type { Arch } from './arch.js';
import { lineFields, type PageFields, PageWriter, pageFields } from './page-writer.js';
import type { Qtest } from './qtest.js';
import { disrupted, reanchored, type TimeLine, timeLine } from './time-line.js';

export interface Disruption {
  /** True time jumps ahead by this much, ns. */
  readonly stepNs?: number;
  /** True time runs faster against the counter by this much afterwards. */
  readonly ppm?: number;
  /** Which of the two counters tell of it; the marker when not said. */
  readonly marker?: boolean;
  readonly generation?: boolean;
  /** Flags of the page that change with it. */
  readonly toggledFlags?: bigint;
}

/** What a page said, as far as a sample can be held against it. */
export interface ToldPage {
  readonly line: TimeLine;
  /** Rate of true time against a guest clock that nobody steers. */
  readonly ppm: number;
  readonly marker: bigint;
  readonly generation: bigint;
}

/**
 * The hypervisor's half of the page: it knows true time as a line over the guest's counter, and tells the guest.
 * The line is the truth by definition. Where the counter stands is known to some milliseconds only, which is enough:
 * it decides when a change of the line takes effect, not what the line is.
 */
export class Hypervisor {
  readonly #arch: Arch;
  #writer: PageWriter;
  #qtest: Qtest;
  #fields: PageFields;
  #line: TimeLine;
  #hertz = 1e9;
  readonly #told = new Map<number, ToldPage>();
  #nominalPeriod = 1n;
  /** Counter at `#sinceMs`, while the guest runs. */
  #counter = 0;
  #sinceMs: number | undefined;

  constructor(arch: Arch, qtest: Qtest) {
    this.#arch = arch;
    this.#writer = new PageWriter(qtest, arch.pageAddress);
    this.#qtest = qtest;
    this.#line = timeLine(0n, realtimeNs(), this.#hertz);
    this.#fields = pageFields(arch.counterId, this.#line);
  }

  get line(): TimeLine {
    return this.#line;
  }

  get fields(): PageFields {
    return this.#fields;
  }

  /** The guest's counter runs from here: QEMU has been told to go on. */
  resumed(): void {
    this.#sinceMs = performance.now();
  }

  /** The guest's counter stands. */
  paused(): void {
    this.#counter = Number(this.counterNow());
    this.#sinceMs = undefined;
  }

  counterNow(): bigint {
    const elapsed = this.#sinceMs === undefined ? 0 : (performance.now() - this.#sinceMs) / 1000;
    return BigInt(Math.round(this.#counter + elapsed * this.#hertz));
  }

  /** Makes true time follow the host's clock from now on, at the counter's nominal frequency; nothing is published. */
  followHost(hertz: number, offsetNs = 0n): void {
    this.#counter = (this.#counter / this.#hertz) * hertz;
    this.#hertz = hertz;
    this.#line = timeLine(this.counterNow(), realtimeNs() + offsetNs, hertz);
    this.#nominalPeriod = this.#line.period;
    this.#fields = { ...this.#fields, ...lineFields(this.#anchored()) };
  }

  /** Every page told so far, by its sequence count. */
  get told(): ReadonlyMap<number, ToldPage> {
    return this.#told;
  }

  /**
   * The line told from a point in the past, as hypervisors do: the driver takes what the counter has advanced since for
   * unsigned, and ours is known to some milliseconds only.
   */
  #anchored(): TimeLine {
    const past = this.#line.counter - BigInt(Math.round(5 * this.#hertz));
    return reanchored(this.#line, past < 0n ? 0n : past);
  }

  #remember(): void {
    this.#told.set(this.#writer.seqCount, {
      line: this.#line,
      ppm: (Number(this.#line.period) / Number(this.#nominalPeriod) - 1) * 1e6,
      marker: this.#fields.disruptionMarker,
      generation: this.#fields.vmGenerationCounter ?? 0n,
    });
  }

  /** Fills in the page of a guest that has not looked at it yet. */
  async initialise(changes: Partial<PageFields> = {}): Promise<void> {
    this.#fields = { ...this.#fields, ...changes };
    await this.#writer.initialise(this.#fields);
    this.#remember();
  }

  /** Changes fields as an ordinary update does. */
  async publish(changes: Partial<PageFields> = {}): Promise<void> {
    this.#fields = { ...this.#fields, ...changes };
    await this.#writer.publish(this.#fields);
    this.#remember();
  }

  /** Tells the same line from the present counter value: no disruption. */
  async refresh(): Promise<void> {
    this.#line = reanchored(this.#line, this.counterNow());
    await this.publish(lineFields(this.#anchored()));
  }

  /**
   * Breaks with the old line, as a migration or a restore does.
   * @param between what happens while the page is odd; without it that is over at once.
   */
  async disrupt(disruption: Disruption, between?: () => Promise<void>): Promise<void> {
    this.#line = disrupted(this.#line, this.counterNow(), disruption.stepNs ?? 0, disruption.ppm ?? 0);
    const { disruptionMarker, vmGenerationCounter = 0n, flags } = this.#fields;
    this.#fields = {
      ...this.#fields,
      ...lineFields(this.#anchored()),
      disruptionMarker: disruptionMarker + ((disruption.marker ?? !disruption.generation) ? 1n : 0n),
      vmGenerationCounter: vmGenerationCounter + (disruption.generation ? 1n : 0n),
      flags: flags ^ (disruption.toggledFlags ?? 0n),
    };
    if (between === undefined) return this.publish();
    await this.#writer.beginUpdate();
    await this.#writer.writeFields(this.#fields);
    await between();
    await this.#writer.endUpdate();
    this.#remember();
  }

  /** The guest lives in another QEMU now, whose device may have changed the page already. */
  async moved(qtest: Qtest): Promise<void> {
    const { seqCount, disruptionMarker } = await PageWriter.counts(qtest, this.#arch.pageAddress);
    this.#qtest = qtest;
    this.#writer = new PageWriter(qtest, this.#arch.pageAddress, seqCount);
    this.#fields = { ...this.#fields, disruptionMarker };
  }

  /** Raises the device's interrupt, as a hypervisor does after an update where the page has NOTIFICATION_PRESENT. */
  async notify(): Promise<void> {
    const { notification } = this.#arch;
    if (notification === undefined) throw new Error(`the ${this.#arch.name} device cannot notify`);
    const { controller, line } = notification;
    await Promise.all([this.#qtest.setInterrupt(controller, line, 1), this.#qtest.setInterrupt(controller, line, 0)]);
  }
}

function realtimeNs(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}
