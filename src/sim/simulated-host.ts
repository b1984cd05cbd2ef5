import type { ClockPort } from '../daemon/ports.js';
import { readClockPair } from '../ioctl/clock-pair.js';
import type { Random } from './random.js';
import { TrueLine } from './true-line.js';
import { markerOnlyPage } from './virtual-page.js';
import { VmclockPageFile } from './vmclock-page-file.js';

/** How bad a simulated migration is: up to 200 ms and 50 ppm, either way. */
const LARGEST_STEP_NS = 200e6;
const LARGEST_RATE_PPM = 50;
/** The hypervisor sometimes leaves its page in the middle of an update for so long, ms. */
const LONGEST_UPDATE_MS = 5;
const SHARP_PAIR_NS = 2000;

/**
 * A host in real time: a true line over this machine's CLOCK_MONOTONIC_RAW, and a vmclock page in a file that tells
 * of its disruptions as QEMU and Firecracker do.
 */
export class SimulatedHost {
  readonly page: VmclockPageFile;
  /** When the disruptions were, CLOCK_MONOTONIC_RAW ns. */
  readonly disruptions: bigint[] = [];
  readonly #clock: ClockPort;
  readonly #random: Random;
  #line: TrueLine;
  #nextRawNs: bigint | undefined;
  #endUpdate: NodeJS.Timeout | undefined;

  /** Starts 1 to 50 ms away from this machine's clock, as a guest that boots. */
  constructor(pagePath: string, clock: ClockPort, random: Random) {
    this.#clock = clock;
    this.#random = random;
    this.page = new VmclockPageFile(pagePath, markerOnlyPage(7n));
    const startNs = clock.realtimeNs() + BigInt(Math.round(random.between(1e6, 50e6)));
    this.#line = new TrueLine(clock.monotonicRawNs(), startNs, this.#anyRate());
  }

  /** True time when CLOCK_MONOTONIC_RAW was `rawNs`, by the line that holds now. */
  utcAt(rawNs: bigint): bigint {
    return this.#line.utcAt(rawNs);
  }

  /** CLOCK_MONOTONIC_RAW when CLOCK_REALTIME was `realtimeNs`, a moment ago, ns. */
  rawAt(realtimeNs: bigint): bigint {
    let best = readClockPair(this.#clock);
    // A wide pair says that we were interrupted between the two clocks; the judge has to know better than the judged.
    for (let tries = 0; best.widthNs > SHARP_PAIR_NS && tries < 100; tries += 1) best = readClockPair(this.#clock);
    return best.monotonicRawNs - (best.realtimeNs - realtimeNs);
  }

  /** True − system time when CLOCK_REALTIME was `realtimeNs`, a moment ago, by the line that holds now; ns. */
  trueOffsetNs(realtimeNs: bigint): number {
    return Number(this.#line.utcAt(this.rawAt(realtimeNs)) - realtimeNs);
  }

  /** The next disruption strikes when `delayMs` are over: also in the middle of a reading of the PHC. */
  scheduleDisruption(delayMs: number): void {
    this.#nextRawNs = this.#clock.monotonicRawNs() + BigInt(Math.round(delayMs * 1e6));
  }

  /** Disrupts when it is time to. Called wherever the host could strike. */
  tick(): void {
    if (this.#nextRawNs === undefined || this.#clock.monotonicRawNs() < this.#nextRawNs) return;
    this.#nextRawNs = undefined;
    this.#disrupt();
  }

  close(): void {
    clearTimeout(this.#endUpdate);
    this.page.close();
  }

  #disrupt(): void {
    if (this.#endUpdate !== undefined) this.#finishUpdate();
    const { page } = this;
    const restored = this.#random.chance(0.3);
    page.beginUpdate({
      disruptionMarker: page.page.disruptionMarker + 1n,
      ...(restored ? { vmGenerationCounter: (page.page.vmGenerationCounter ?? 0n) + 1n } : {}),
    });
    const rawNs = this.#clock.monotonicRawNs();
    const stepNs = this.#random.between(-LARGEST_STEP_NS, LARGEST_STEP_NS);
    this.#line = this.#line.disrupted(rawNs, stepNs, this.#anyRate());
    this.disruptions.push(rawNs);
    if (this.#random.chance(0.25)) {
      this.#endUpdate = setTimeout(() => this.#finishUpdate(), this.#random.between(1, LONGEST_UPDATE_MS));
    } else {
      page.endUpdate();
    }
  }

  #finishUpdate(): void {
    clearTimeout(this.#endUpdate);
    this.#endUpdate = undefined;
    this.page.endUpdate();
  }

  #anyRate(): number {
    return this.#random.between(-LARGEST_RATE_PPM, LARGEST_RATE_PPM);
  }
}
