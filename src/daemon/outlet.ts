import { SendReport } from '../sock/send-report.js';
import type { JudgedSample } from './epoch-knowledge.js';
import type { Log } from './log/log.js';
import type { SamplePort } from './ports.js';

/** The way out to chronyd's refclock socket: what was sent in this epoch, and since when nothing was. */
export class Outlet {
  readonly report: SendReport;
  readonly #sock: SamplePort;
  readonly #log: Log;
  readonly #nowRawNs: () => bigint;
  /** What may be claimed of the clock; undefined: nothing. */
  #lastSent: JudgedSample | undefined;
  /** CLOCK_MONOTONIC_RAW, ns. */
  #silentSinceRawNs: bigint;
  #failing = '';

  /** @param nowRawNs reads CLOCK_MONOTONIC_RAW, ns */
  constructor(sock: SamplePort, log: Log, nowRawNs: () => bigint) {
    this.#sock = sock;
    this.#log = log;
    this.#nowRawNs = nowRawNs;
    this.#silentSinceRawNs = nowRawNs();
    this.report = new SendReport(sock.path);
  }

  /** The last sample sent in this epoch, unless it was retracted. */
  get lastSent(): JudgedSample | undefined {
    return this.#lastSent;
  }

  /** Why the last send failed; "" when it did not. */
  get failing(): string {
    return this.#failing;
  }

  /** Since a sample last left, or the epoch began, ns. */
  silentForNs(nowRawNs: bigint): number {
    return Number(nowRawNs - this.#silentSinceRawNs);
  }

  /** Nothing sent before says anything of now. */
  epochBegan(): void {
    this.#lastSent = undefined;
    this.#silentSinceRawNs = this.#nowRawNs();
  }

  /** What was claimed before is in doubt. */
  retract(): void {
    this.#lastSent = undefined;
  }

  /** @returns when it had left, CLOCK_MONOTONIC_RAW ns; undefined: it did not (see `failing`) */
  send(judged: JudgedSample, leap: 0 | 1 | 2): bigint | undefined {
    const { path } = this.#sock;
    const outcome = this.#sock.send({ realtimeNs: judged.realtimeNs, offsetNs: judged.offsetNs, leap });
    const event = this.report.note(outcome);
    if (event?.kind === 'works again') this.#log.info(`${path} takes samples again`, { dropped: event.dropped });
    if (outcome.kind === 'dropped') {
      if (event?.kind === 'failing') this.#failing = `cannot feed ${path}: ${event.code}: ${event.remedy}`;
      return undefined;
    }
    this.#failing = '';
    this.#lastSent = judged;
    this.#silentSinceRawNs = this.#nowRawNs();
    return this.#silentSinceRawNs;
  }
}
