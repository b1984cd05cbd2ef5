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
    ['dfreq', 28],
    ['makestep', 28],
    ['doffset', 28],
  ] as const)('makes %s as long as its reply: %p bytes', (name, length) => {
    expect(encodeCandmRequest({ command: CANDM_COMMANDS[name], sequence: 1, attempt: 0 }).byteLength).toBe(length);
  });

  test('is as long as its data needs where the reply is shorter (MODIFY_SELECTOPTS: 20 + 32 bytes, reply 28)', () => {
    const command = CANDM_COMMANDS.modifySelectOpts;
    expect(encodeCandmRequest({ command, sequence: 1, attempt: 0, data: new Uint8Array(32) }).byteLength).toBe(52);
  });

  test.each([
    ['dfreq', '001f', '0b600000'],
    ['doffset', '0047', '05800000'],
    ['makestep', '002b', ''],
  ] as const)('writes %s as number %s, its data behind the header', (name, number, data) => {
    const bytes = encodeCandmRequest({
      command: CANDM_COMMANDS[name],
      sequence: 0xdeadbeef,
      attempt: 0,
      ...(data === '' ? {} : { data: Buffer.from(data, 'hex') }),
    });
    expect(hex(bytes)).toBe(`06010000${number}0000deadbeef${'00'.repeat(8)}${data.padEnd(16, '0')}`);
  });
});
