import type { CandmCommand } from './candm-command.js';
import { CANDM_REPLY, CANDM_REQUEST, CANDM_VERSION } from './candm-layout.js';

/** One request to chronyd. */
export interface CandmRequest {
  readonly command: CandmCommand;
  /** 32 bits; the reply repeats it. */
  readonly sequence: number;
  /** 0 for the first try, one more for each resend with the same sequence. */
  readonly attempt: number;
  /** The command's own data, already in network byte order; none for most commands. */
  readonly data?: Uint8Array;
}

/**
 * The bytes of one request to chronyd's command socket, padded with zeros to the length of the reply: chronyd
 * does not answer with more than it was sent.
 */
export function encodeCandmRequest(request: CandmRequest): Uint8Array {
  const dataBytes = request.data?.byteLength ?? 0;
  const replyBytes = CANDM_REPLY.headerBytes + request.command.replyDataBytes;
  const bytes = new Uint8Array(Math.max(CANDM_REQUEST.headerBytes + dataBytes, replyBytes));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, CANDM_VERSION);
  view.setUint8(1, CANDM_REQUEST.packetType);
  view.setUint16(CANDM_REQUEST.command, request.command.number);
  view.setUint16(CANDM_REQUEST.attempt, request.attempt);
  view.setUint32(CANDM_REQUEST.sequence, request.sequence);
  if (request.data !== undefined) bytes.set(request.data, CANDM_REQUEST.headerBytes);
  return bytes;
}
