import { VmclockFlag, type VmclockPage } from '../../ioctl/vmclock-page.js';
import { causeInWords, type DisruptionRecord } from '../disruption-record.js';
import { type Epoch, epochOf } from '../epoch.js';
import type { FeederState } from '../feeder-types.js';
import type { DaemonEvent } from './daemon-event.js';
import type { EventKind } from './event-kind.js';

/** What happened, before it is numbered. */
export type NewEvent = Omit<DaemonEvent, 'number'>;

/** An instant on both clocks: CLOCK_MONOTONIC_RAW and CLOCK_REALTIME, ns. */
export interface Instant {
  readonly rawNs: bigint;
  readonly realtimeNs: bigint;
}

/** A hold is no news before it has lasted for so long, ns: one reading that fails is none. */
const HOLD_IS_NEWS_NS = 1e9;
/** One that comes and goes is told so often, ns, lest it drives everything else out of the journal. */
const HOLD_AGAIN_NS = 60e9;
const UNRELIABLE = 4;

/** What the hypervisor has announced. */
type Announcement = 'none' | 'soon' | 'imminent';

/**
 * Tells from what the loop goes through what is worth telling others, each once. Pure: pages, states and instants come in
 * as values, events go out.
 */
export class EventSource {
  /** The epoch before, to tell what a disruption changed; undefined: not known. */
  #epoch: Epoch | undefined;
  #announced: Announcement = 'none';
  #unreliable = false;
  #state: FeederState | undefined;
  /** Since when nothing has been fed, for whatever reasons; undefined: it is. CLOCK_MONOTONIC_RAW, ns. */
  #holdingSinceRawNs: bigint | undefined;
  /** Others believe that nothing is fed. */
  #toldHolding = false;
  #lastHoldRawNs: bigint | undefined;
  #toldFeeding = false;
  /** A disruption that others still take for unrecovered. */
  #open: DisruptionRecord | undefined;

  /** @param remembered the epoch of before the daemon started, of the same boot; undefined: not known */
  constructor(remembered: Epoch | undefined) {
    this.#epoch = remembered;
  }

  /** A settled page was seen that is another than the one before. */
  onPage(page: VmclockPage, at: Instant): NewEvent[] {
    this.#epoch ??= epochOf(page);
    const events: NewEvent[] = [];
    const announced = announcement(page);
    if (announced !== this.#announced) events.push(event(ANNOUNCEMENT_KINDS[announced], at, ANNOUNCEMENTS[announced]));
    this.#announced = announced;
    const unreliable = page.clockStatus === UNRELIABLE;
    if (unreliable && !this.#unreliable) {
      events.push(event('unreliable', at, 'the host says that its clock cannot be relied upon'));
    } else if (!unreliable && this.#unreliable) {
      events.push(event('reliable', at, 'the host says no more that its clock cannot be relied upon'));
    }
    this.#unreliable = unreliable;
    return events;
  }

  onDisruption(record: DisruptionRecord): NewEvent[] {
    const at = { rawNs: record.noticedRawNs, realtimeNs: record.noticedRealtimeNs };
    const before = this.#epoch;
    const after = record.epoch;
    this.#epoch = after;
    this.#open = record;
    const facts = {
      cause: record.cause,
      ...fact('marker', after?.marker),
      ...fact('previous_marker', before?.marker),
      ...fact('generation', after?.generation),
      ...fact('previous_generation', before?.generation),
    };
    const events = [event('disruption', at, causeInWords(record.cause), facts)];
    if (before?.generation !== undefined && after?.generation !== undefined && before.generation !== after.generation) {
      const message = 'the VM generation counter changed: this machine may be a clone of another';
      events.push(event('generation-change', at, message, facts));
    }
    return events;
  }

  onState(state: FeederState, at: Instant): NewEvent[] {
    this.#state = state;
    if (state.name === 'holding') this.#holdingSinceRawNs ??= state.sinceRawNs;
    else this.#holdingSinceRawNs = undefined;
    if (state.name !== 'feeding') return [];
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) {
      this.#toldFeeding = true;
      this.#toldHolding = false;
      return [event('recovered', at, recoveredInWords(open), recoveryFacts(open))];
    }
    if (this.#toldFeeding && !this.#toldHolding) return [];
    this.#toldFeeding = true;
    this.#toldHolding = false;
    return [event('feeding', at, 'chronyd is fed')];
  }

  /** To be asked about once a second: a hold becomes news by lasting. */
  onTime(at: Instant): NewEvent[] {
    const state = this.#state;
    const since = this.#holdingSinceRawNs;
    if (state === undefined || since === undefined || this.#toldHolding) return [];
    const last = this.#lastHoldRawNs;
    if (Number(at.rawNs - since) < HOLD_IS_NEWS_NS) return [];
    if (last !== undefined && Number(at.rawNs - last) < HOLD_AGAIN_NS) return [];
    this.#toldHolding = true;
    this.#lastHoldRawNs = at.rawNs;
    return [event('holding', at, state.reason, { reason: state.reason })];
  }
}

const ANNOUNCEMENT_KINDS: Readonly<Record<Announcement, EventKind>> = {
  none: 'disruption-unannounced',
  soon: 'disruption-soon',
  imminent: 'disruption-imminent',
};

const ANNOUNCEMENTS: Readonly<Record<Announcement, string>> = {
  none: 'the hypervisor announces no disruption any more',
  soon: 'the hypervisor announces a disruption within about a day',
  imminent: 'the hypervisor announces a disruption within about an hour',
};

function announcement({ flags }: VmclockPage): Announcement {
  if ((flags & VmclockFlag.DISRUPTION_IMMINENT) !== 0n) return 'imminent';
  return (flags & VmclockFlag.DISRUPTION_SOON) !== 0n ? 'soon' : 'none';
}

function event(
  kind: EventKind,
  { rawNs, realtimeNs }: Instant,
  message: string,
  facts: Readonly<Record<string, string>> = {},
): NewEvent {
  return { kind, rawNs, realtimeNs, message, facts };
}

function fact(name: string, value: bigint | number | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: String(value) };
}

function recoveredInWords({ synchronisedRawNs, noticedRawNs }: DisruptionRecord): string {
  if (synchronisedRawNs === undefined)
    return 'right samples are fed again; chronyd does not follow, or cannot be asked';
  return `chronyd follows again, ${Math.round(Number(synchronisedRawNs - noticedRawNs) / 1e6)} ms after the disruption was noticed`;
}

function recoveryFacts(record: DisruptionRecord): Readonly<Record<string, string>> {
  const ms = (rawNs: bigint | undefined): number | undefined =>
    rawNs === undefined ? undefined : Number(rawNs - record.noticedRawNs) / 1e6;
  return {
    cause: record.cause,
    ...fact('marker', record.epoch?.marker),
    ...fact('generation', record.epoch?.generation),
    ...fact('reset_ms', ms(record.recovery?.resetAnsweredRawNs)),
    ...fact('corrected_ms', ms(record.recovery?.correctedRawNs)),
    ...fact('first_sample_ms', ms(record.firstSampleRawNs)),
    ...fact('synchronised_ms', ms(record.synchronisedRawNs)),
    ...fact('offset_ns', record.offsetThenNs),
  };
}
