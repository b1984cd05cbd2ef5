import type { CandmCommand } from './candm-command.js';
import type { ChronydError } from './chronyd-error.js';

/** One command on its way through the channel, and whoever waits for it. */
export class Exchange {
  readonly command: CandmCommand;
  /** The request's own data; undefined for a command that has none. */
  readonly data: Uint8Array | undefined;
  readonly resolve: (data: DataView) => void;
  readonly reject: (error: ChronydError) => void;
  sequence = 0;
  /** Resends so far. */
  attempt = 0;
  /** It has left. */
  sent = false;
  cancelTimer: () => void = () => {};
  /** What was wrong with a datagram that carried no usable answer, for the message. */
  unusable = '';

  constructor(
    command: CandmCommand,
    data: Uint8Array | undefined,
    resolve: (data: DataView) => void,
    reject: (error: ChronydError) => void,
  ) {
    this.command = command;
    this.data = data;
    this.resolve = resolve;
    this.reject = reject;
  }

  /** A command (not a question) has left and its answer has not come. */
  get unanswered(): boolean {
    return this.sent && !this.command.readOnly;
  }
}
