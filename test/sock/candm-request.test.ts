import { describe, expect, test } from '@jest/globals';
import { CANDM_COMMANDS } from '../../src/sock/candm-command.js';
import { encodeCandmRequest } from '../../src/sock/candm-request.js';

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

describe('encodeCandmRequest()', () => {
  test('writes the 20-byte header in network byte order, and pads TRACKING to the 104 bytes of its reply', () => {
    const bytes = encodeCandmRequest({ command: CANDM_COMMANDS.tracking, sequence: 0x11223340, attempt: 1 });
    expect(hex(bytes)).toBe(`06010000${'0021'}${'0001'}${'11223340'}${'00'.repeat(8)}${'00'.repeat(84)}`);
  });

  test('puts the data after the header, within the padding', () => {
    const data = Uint8Array.of(0, 0, 1, 2);
    const bytes = encodeCandmRequest({ command: CANDM_COMMANDS.sourceData, sequence: 1, attempt: 0, data });
    expect(hex(bytes)).toBe(`06010000${'000f'}${'0000'}${'00000001'}${'00'.repeat(8)}${'00000102'}${'00'.repeat(52)}`);
  });

  test.each([
    ['nSources', 32],
    ['sourceData', 76],
    ['tracking', 104],
    ['resetSources', 28],
  ] as const)('makes %s as long as its reply: %p bytes', (name, length) => {
    expect(encodeCandmRequest({ command: CANDM_COMMANDS[name], sequence: 1, attempt: 0 }).byteLength).toBe(length);
  });

  test('is as long as its data needs where the reply is shorter (MODIFY_SELECTOPTS: 20 + 32 bytes, reply 28)', () => {
    const command = { name: 'MODIFY_SELECTOPTS', number: 72, replyCode: 1, replyDataBytes: 0, readOnly: false };
    expect(encodeCandmRequest({ command, sequence: 1, attempt: 0, data: new Uint8Array(32) }).byteLength).toBe(52);
  });
});
