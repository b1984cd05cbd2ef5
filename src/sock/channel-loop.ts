/** What the command channel needs from the event loop. */
export interface ChannelLoop {
  /** Calls back once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
  /**
   * Calls back whenever `fd`, bound at `path`, is readable, until the watch is closed; and once, with `last`,
   * when it will not be again.
   */
  watch(fd: number, path: string, onReadable: (last: boolean) => void): ChannelWatch;
}

/** One socket being watched, for as long as it is open. */
export interface ChannelWatch {
  /** While true, which it is at first, the watch keeps the process alive. */
  awaiting(answer: boolean): void;
  close(): void;
}
