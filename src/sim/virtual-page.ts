import { type PageLook, VmclockFlag, type VmclockPage } from '../ioctl/vmclock-page.js';

/** A vmclock page without time, as QEMU and Firecracker give it: it marks disruptions and nothing else. */
export function markerOnlyPage(generation: bigint | undefined): VmclockPage {
  return {
    sizeBytes: 4096,
    version: 1,
    counterId: 0xff,
    timeType: 0,
    seqCount: 2,
    disruptionMarker: 1n,
    flags: generation === undefined ? 0n : VmclockFlag.VM_GEN_COUNTER_PRESENT,
    clockStatus: 0,
    leapSecondSmearingHint: 0,
    taiOffsetSec: 0,
    leapIndicator: 0,
    counterPeriodShift: 0,
    counterValue: 0n,
    counterPeriodFracSec: 0n,
    counterPeriodEsterrorRateFracSec: 0n,
    counterPeriodMaxerrorRateFracSec: 0n,
    timeSec: 0n,
    timeFracSec: 0n,
    timeEsterrorNs: 0n,
    timeMaxerrorNs: 0n,
    ...(generation === undefined ? {} : { vmGenerationCounter: generation }),
  };
}

/** A page in virtual time: what a look sees changes only when the hypervisor is said to write. */
export class VirtualPage {
  #page: VmclockPage;
  #odd = false;

  constructor(page: VmclockPage) {
    this.#page = page;
  }

  get page(): VmclockPage {
    return this.#page;
  }

  /** Makes the sequence count odd; the fields of `change` are written and not yet valid. */
  beginUpdate(change: Partial<VmclockPage> = {}): void {
    this.#page = { ...this.#page, ...change, seqCount: (this.#page.seqCount | 1) >>> 0 };
    this.#odd = true;
  }

  /** Writes the rest and makes the sequence count even. */
  endUpdate(change: Partial<VmclockPage> = {}): void {
    this.#page = { ...this.#page, ...change, seqCount: ((this.#page.seqCount | 1) + 1) >>> 0 };
    this.#odd = false;
  }

  /** A whole update at one instant. */
  update(change: Partial<VmclockPage>): void {
    this.beginUpdate();
    this.endUpdate(change);
  }

  /** What a look at this instant sees. */
  snapshot(): PageLook {
    return this.#odd ? { kind: 'unsettled', seqCount: this.#page.seqCount } : { kind: 'settled', page: this.#page };
  }
}
