import type { SendOutcome } from './send-outcome.js';
import { sendRemedy } from './send-remedy.js';

/** A change that is worth one line in the log. */
export type SendEvent =
  /** Samples began to be dropped, or are now dropped for another reason. */
  | { readonly kind: 'failing'; readonly code: string; readonly remedy: string }
  /** Samples arrive again; `dropped` were lost since it began. */
  | { readonly kind: 'works again'; readonly dropped: number };

/**
 * Turns one outcome per sample into one event per change of state, and counts. Pure: it looks at no clock.
 *
 * @example
 * const report = new SendReport('/run/chrony.vmclockd.sock');
 * report.note({ kind: 'dropped', code: 'ENOENT' }); // { kind: 'failing', code: 'ENOENT', remedy: … }
 * report.note({ kind: 'dropped', code: 'ENOENT' }); // undefined: nothing new
 * report.note({ kind: 'sent' });                    // { kind: 'works again', dropped: 2 }
 */
export class SendReport {
  readonly #path: string;
  readonly #dropped = new Map<string, number>();
  #sent = 0;
  #failing = '';
  #droppedInARow = 0;

  /** @param path the SOCK path, for the remedies. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Samples sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Samples dropped so far, by errno name. */
  get dropped(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#dropped);
  }

  /** errno name of the last send, "" when it went well or nothing was sent yet. */
  get failing(): string {
    return this.#failing;
  }

  /** Takes note of one outcome; returns what is to be told about it, or undefined when nothing has changed. */
  note(outcome: SendOutcome): SendEvent | undefined {
    if (outcome.kind === 'sent') {
      this.#sent += 1;
      const dropped = this.#droppedInARow;
      this.#failing = '';
      this.#droppedInARow = 0;
      return dropped > 0 ? { kind: 'works again', dropped } : undefined;
    }
    const { code } = outcome;
    this.#dropped.set(code, (this.#dropped.get(code) ?? 0) + 1);
    this.#droppedInARow += 1;
    if (this.#failing === code) {
      return undefined;
    }
    this.#failing = code;
    return { kind: 'failing', code, remedy: sendRemedy(code, this.#path) };
  }
}
