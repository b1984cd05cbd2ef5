/**
 * What all of chronyd's command packets have in common. Everything is in network byte order. Source: chrony's
 * candm.h, CMD_Request and CMD_Reply.
 */

/** The version of the protocol spoken since chrony 2.2. */
export const CANDM_VERSION = 6;

export const CANDM_REQUEST = {
  packetType: 1,
  /** u16. */
  command: 4,
  /** u16, counts resends of one sequence from 0. */
  attempt: 6,
  /** u32. */
  sequence: 8,
  /** The command's own data begins here. */
  headerBytes: 20,
} as const;

export const CANDM_REPLY = {
  packetType: 2,
  /** u16, of the request. */
  command: 4,
  /** u16, tells what the data is. */
  replyCode: 6,
  /** u16. */
  status: 8,
  /** u32, of the request. */
  sequence: 16,
  /** The reply's data begins here. */
  headerBytes: 28,
} as const;
