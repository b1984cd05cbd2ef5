import type { CandmCommand } from './candm-command.js';
import { CANDM_REPLY, CANDM_VERSION } from './candm-layout.js';
import { CandmStatus } from './candm-status.js';
import { DecodeError } from './decode-error.js';

/** The reply code of an answer without data. */
const REPLY_CODE_NULL = 1;

/** chronyd's answer to one request. */
export interface CandmReply {
  /** See `candmStatusWord`; 0 is success. */
  readonly status: number;
  /** The reply's data, `command.replyDataBytes` of it; empty unless the status is success. */
  readonly data: DataView;
}

/**
 * Takes a reply to `command` apart.
 *
 * @throws DecodeError with the first field that is wrong: length, version, packet type, command, sequence,
 *   reply code.
 */
export function decodeCandmReply(bytes: Uint8Array, command: CandmCommand, sequence: number): CandmReply {
  const what = `${command.name} reply`;
  const expect = (field: string, found: number, expected: number): void => {
    if (found !== expected) throw new DecodeError(what, field, found, expected);
  };
  if (bytes.byteLength < CANDM_REPLY.headerBytes) {
    throw new DecodeError(what, 'length', bytes.byteLength, `at least ${CANDM_REPLY.headerBytes}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  expect('version', view.getUint8(0), CANDM_VERSION);
  expect('packet type', view.getUint8(1), CANDM_REPLY.packetType);
  expect('command', view.getUint16(CANDM_REPLY.command), command.number);
  expect('sequence', view.getUint32(CANDM_REPLY.sequence), sequence >>> 0);
  const status = view.getUint16(CANDM_REPLY.status);
  const success = status === CandmStatus.SUCCESS;
  // A refusal carries no data, whatever was asked.
  expect('reply code', view.getUint16(CANDM_REPLY.replyCode), success ? command.replyCode : REPLY_CODE_NULL);
  const dataBytes = success ? command.replyDataBytes : 0;
  expect('length', bytes.byteLength, CANDM_REPLY.headerBytes + dataBytes);
  return { status, data: new DataView(bytes.buffer, bytes.byteOffset + CANDM_REPLY.headerBytes, dataBytes) };
}
