import { describe, expect, test } from '@jest/globals';
import { stderrWriter } from '../../../src/daemon/log/stderr-writer.js';

/** A file descriptor that takes as many bytes as it is told, and fails as it is told. */
function fakeStderr(script: (number | string)[]) {
  let text = '';
  const writeBytes = (bytes: Uint8Array): number => {
    const next = script.shift() ?? bytes.length;
    if (typeof next === 'string') throw Object.assign(new Error(next), { code: next });
    const taken = Math.min(next, bytes.length);
    text += Buffer.from(bytes.subarray(0, taken)).toString();
    return taken;
  };
  return { writer: stderrWriter(writeBytes), text: () => text };
}

describe('stderrWriter()', () => {
  test('writes the rest of a line that was taken in parts', () => {
    const { writer, text } = fakeStderr([2, 'EINTR', 1]);
    writer.write('hello\n');
    expect(text()).toBe('hello\n');
  });

  test.each(['EAGAIN', 'EPIPE', 'EBADF'])('survives %s, and says afterwards how many lines were lost', (code) => {
    const { writer, text } = fakeStderr([code, code, 1000, 1000]);
    writer.write('one\n');
    writer.write('two\n');
    writer.write('three\n');
    expect(text()).toBe('vmclockd: 2 log lines could not be written\nthree\n');
  });

  test('begins a new line after half a line', () => {
    const { writer, text } = fakeStderr([3, 'EAGAIN']);
    writer.write('hello\n');
    writer.write('again\n');
    expect(text()).toBe('hel\nvmclockd: 1 log line could not be written\nagain\n');
  });

  test('counts a line that is lost after the notice', () => {
    const { writer, text } = fakeStderr(['EAGAIN', 1000, 'EAGAIN']);
    writer.write('one\n');
    writer.write('two\n');
    writer.write('three\n');
    expect(text()).toBe(
      'vmclockd: 1 log line could not be written\nvmclockd: 1 log line could not be written\nthree\n',
    );
  });
});
