import type { LogFormat } from './log.js';

/** What decides about "auto". */
export interface StderrFacts {
  /** $JOURNAL_STREAM: "device:inode" of the journal's socket, as systemd sets it. */
  readonly journalStream: string | undefined;
  /** Device and inode of our stderr. */
  readonly device: number;
  readonly inode: number;
  readonly isTerminal: boolean;
}

/**
 * The format to write: "auto" is journald's where stderr is the journal, text on a terminal, else JSON.
 * The variable alone proves nothing, since children inherit it: it has to name our own stderr
 * (systemd.exec(5), $JOURNAL_STREAM).
 */
export function chooseFormat(wanted: 'auto' | LogFormat, stderr: StderrFacts): LogFormat {
  if (wanted !== 'auto') return wanted;
  if (stderr.journalStream === `${stderr.device}:${stderr.inode}`) return 'journald';
  return stderr.isTerminal ? 'text' : 'json';
}
