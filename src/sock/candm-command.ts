/**
 * One of chronyd's commands: its number, and how its answer looks. Adding a command is adding an entry to
 * `CANDM_COMMANDS` (and a decoder where the answer carries data). Source: chrony's candm.h and pktlength.c.
 */
export interface CandmCommand {
  /** The name in candm.h without REQ_, for messages. */
  readonly name: string;
  readonly number: number;
  /** The code of the reply on success. */
  readonly replyCode: number;
  /** Bytes of the reply's data on success, after the 28-byte header. */
  readonly replyDataBytes: number;
  /** The command changes nothing: asking twice does no harm. */
  readonly readOnly: boolean;
}

/** The reply of commands that answer with a status only. */
const NO_DATA = { replyCode: 1, replyDataBytes: 0 } as const;

/** The commands vmclockd gives. */
export const CANDM_COMMANDS = {
  nSources: { name: 'N_SOURCES', number: 14, replyCode: 2, replyDataBytes: 4, readOnly: true },
  sourceData: { name: 'SOURCE_DATA', number: 15, replyCode: 3, replyDataBytes: 48, readOnly: true },
  dfreq: { name: 'DFREQ', number: 31, ...NO_DATA, readOnly: false },
  tracking: { name: 'TRACKING', number: 33, replyCode: 5, replyDataBytes: 76, readOnly: true },
  makestep: { name: 'MAKESTEP', number: 43, ...NO_DATA, readOnly: false },
  resetSources: { name: 'RESET_SOURCES', number: 66, ...NO_DATA, readOnly: false },
  doffset: { name: 'DOFFSET2', number: 71, ...NO_DATA, readOnly: false },
  /** Since chrony 4.4. */
  modifySelectOpts: { name: 'MODIFY_SELECTOPTS', number: 72, ...NO_DATA, readOnly: false },
} as const satisfies Record<string, CandmCommand>;
