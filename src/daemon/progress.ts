import type { DisruptionRecord } from './disruption-record.js';
import type { FeederState } from './feeder-types.js';
import type { Log } from './log/log.js';

/** The daemon's state as people see it: every change is told once, in one line. */
export class Progress {
  readonly #log: Log;
  readonly #sockPath: string;
  readonly #onState: (state: FeederState) => void;
  #state: FeederState;

  constructor(log: Log, sockPath: string, nowRawNs: bigint, onState: (state: FeederState) => void) {
    this.#log = log;
    this.#sockPath = sockPath;
    this.#onState = onState;
    this.#state = { name: 'starting', reason: 'no sample has been sent yet', sinceRawNs: nowRawNs };
  }

  get state(): FeederState {
    return this.#state;
  }

  hold(reason: string, nowRawNs: bigint): void {
    if (this.#enter('holding', reason, nowRawNs)) this.#log.warn(`holding: ${reason}`);
  }

  recovering(reason: string, nowRawNs: bigint): void {
    this.#enter('recovering', reason, nowRawNs);
  }

  /** @param recovered the disruption that this ends; undefined: none was being worked on. */
  feeding(recovered: DisruptionRecord | undefined, nowRawNs: bigint): void {
    const before = this.#state.name;
    if (!this.#enter('feeding', '', nowRawNs)) return;
    if (before === 'recovering' && recovered !== undefined) {
      const parts = [
        afterwards('reset', recovered.recovery?.resetAnsweredRawNs, recovered),
        afterwards('corrected', recovered.recovery?.correctedRawNs, recovered),
        afterwards('fed', recovered.firstSampleRawNs, recovered),
        afterwards('followed by chronyd', recovered.synchronisedRawNs, recovered),
        recovered.offsetThenNs === undefined ? '' : `off by ${nsOrMs(recovered.offsetThenNs)} then`,
      ].filter((part) => part !== '');
      this.#log.info(`recovered from the disruption: ${parts.join(', ')}`);
    } else {
      this.#log.info(`feeding chronyd through ${this.#sockPath}`);
    }
  }

  #enter(name: FeederState['name'], reason: string, nowRawNs: bigint): boolean {
    const same = this.#state.name === name && withoutNumbers(this.#state.reason) === withoutNumbers(reason);
    this.#state = { name, reason, sinceRawNs: same ? this.#state.sinceRawNs : nowRawNs };
    if (same) return false;
    this.#onState(this.#state);
    return true;
  }
}

function nsOrMs(ns: number): string {
  return Math.abs(ns) < 1e5 ? `${Math.round(ns)} ns` : `${(ns / 1e6).toFixed(1)} ms`;
}

/** A reason that only counts on, or measures anew, is no news. */
function withoutNumbers(reason: string): string {
  return reason.replace(/[+-]?\d[\d.,]*/g, '#');
}

/** "reset after 2 ms"; "" for what did not happen. */
function afterwards(what: string, rawNs: bigint | undefined, { noticedRawNs }: DisruptionRecord): string {
  return rawNs === undefined ? '' : `${what} after ${Math.round(Number(rawNs - noticedRawNs) / 1e6)} ms`;
}
