import type { CandmCommand } from './candm-command.js';
import type { ChronydError } from './chronyd-error.js';

/** The data of a command that has none. */
const NO_DATA: readonly (Uint8Array | undefined)[] = [undefined];

/** One command on its way through the channel, and whoever waits for it. */
export class Exchange {
  readonly command: CandmCommand;
  readonly resolve: (data: DataView) => void;
  readonly reject: (error: ChronydError) => void;
  readonly #parts: readonly (Uint8Array | undefined)[];
  /** Of the part under way. */
  sequence = 0;
  /** Resends of the part under way. */
  attempt = 0;
  /** Parts that have been answered with success. */
  answered = 0;
  /** The part under way has left. */
  sent = false;
  cancelTimer: () => void = () => {};
  /** What was wrong with a datagram that carried no usable answer, for the message. */
  unusable = '';

  /** @param parts the data of each time the command is to be given; none for a command without data. */
  constructor(
    command: CandmCommand,
    parts: readonly Uint8Array[],
    resolve: (data: DataView) => void,
    reject: (error: ChronydError) => void,
  ) {
    this.command = command;
    this.#parts = parts.length === 0 ? NO_DATA : parts;
    this.resolve = resolve;
    this.reject = reject;
  }

  /** The data of the part under way. */
  get data(): Uint8Array | undefined {
    return this.#parts[this.answered];
  }

  /** A command (not a question) has left and its answer has not come. */
  get unanswered(): boolean {
    return this.sent && !this.command.readOnly;
  }

  /** Goes on to the next part. @returns false when there is none. */
  advance(): boolean {
    this.answered += 1;
    this.attempt = 0;
    this.unusable = '';
    return this.answered < this.#parts.length;
  }
}
