import type { PageLook, VmclockPage } from '../ioctl/vmclock-page.js';
import { type DisruptionCause, disruptionBetween, type Epoch, epochOf } from './epoch.js';
import { pageVerdict } from './page-verdict.js';
import { validTaiOffset } from './valid-tai-offset.js';

/** What a look at the page means. */
export type PageFinding =
  /** The known epoch, and the page lets us feed. */
  | { readonly kind: 'clear'; readonly leap: 0 | 1 | 2 }
  /** The known epoch, or none; nothing may be fed. `reason` is "" while it is too early to speak of it. */
  | {
      readonly kind: 'hold';
      readonly reason: string /** The host itself says that its time is no good. */;
      readonly hostSays: boolean;
    }
  /** The first settled page: an epoch begins, and a disruption too where `cause` says so. */
  | { readonly kind: 'baseline'; readonly epoch: Epoch; readonly cause: 'while the daemon was down' | undefined }
  /** Another epoch than at the last look; told once. */
  | {
      readonly kind: 'disrupted';
      readonly epoch: Epoch;
      readonly cause: DisruptionCause;
      readonly before: VmclockPage;
      readonly after: VmclockPage;
    }
  /** Same epoch, but the page's TAI offset is another one; told once. */
  | { readonly kind: 'tai offset changed' };

/** An update by the hypervisor takes well under a microsecond; a page unsettled for so long is worth telling, ns. */
export const UNSETTLED_HOLD_NS = 100e6;

/** Follows the page from look to look. Pure: looks and instants (CLOCK_MONOTONIC_RAW, ns) come in as values. */
export class PageWatch {
  readonly #savedEpoch: Epoch | undefined;
  #page: VmclockPage | undefined;
  /** Whether `#page` lets us feed. */
  #verdict: PageFinding | undefined;
  #unsettledSinceRawNs: bigint | undefined;

  /** @param savedEpoch the epoch this boot's state file knows; undefined: none. */
  constructor(savedEpoch: Epoch | undefined) {
    this.#savedEpoch = savedEpoch;
  }

  /** The last settled page. */
  get page(): VmclockPage | undefined {
    return this.#page;
  }

  /** Since when no look has been settled; undefined when the last one was. */
  get unsettledSinceRawNs(): bigint | undefined {
    return this.#unsettledSinceRawNs;
  }

  /** Whether the page is in the middle of an update that has not taken suspiciously long yet. */
  brieflyUnsettled(nowRawNs: bigint): boolean {
    const since = this.#unsettledSinceRawNs;
    return since !== undefined && Number(nowRawNs - since) < UNSETTLED_HOLD_NS;
  }

  /**
   * Takes in one look.
   *
   * @param nowRawNs the time of an unsettled look; a settled one needs none, so that nothing has to come between it and
   * what it permits
   */
  find(look: PageLook, nowRawNs: () => bigint): PageFinding {
    if (look.kind === 'unreadable')
      return { kind: 'hold', reason: `the vmclock page cannot be read: ${look.error.message}`, hostSays: false };
    if (look.kind === 'unsettled') return this.#unsettled(nowRawNs());
    this.#unsettledSinceRawNs = undefined;
    // The same object: nothing was written since the last look, which happens fifty times a second.
    if (look.page === this.#page && this.#verdict !== undefined) return this.#verdict;
    return this.#settled(look.page);
  }

  #unsettled(nowRawNs: bigint): PageFinding {
    this.#unsettledSinceRawNs ??= nowRawNs;
    const reason = this.brieflyUnsettled(nowRawNs)
      ? ''
      : 'the hypervisor has begun to update the vmclock page and has not ended (odd seq_count)';
    return { kind: 'hold', reason, hostSays: false };
  }

  #settled(page: VmclockPage): PageFinding {
    const before = this.#page;
    this.#page = page;
    const verdict = pageVerdict(page);
    this.#verdict =
      verdict.kind === 'go'
        ? { kind: 'clear', leap: verdict.leap }
        : { ...verdict, hostSays: page.leapIndicator !== 3 };
    const epoch = epochOf(page);
    if (before === undefined) {
      const saved = this.#savedEpoch;
      const missed = saved !== undefined && disruptionBetween(saved, epoch) !== undefined;
      return { kind: 'baseline', epoch, cause: missed ? 'while the daemon was down' : undefined };
    }
    const cause = disruptionBetween(epochOf(before), epoch);
    if (cause !== undefined) return { kind: 'disrupted', epoch, cause, before, after: page };
    if (validTaiOffset(before) !== validTaiOffset(page)) return { kind: 'tai offset changed' };
    return this.#verdict;
  }
}
