import { describe, expect, test } from '@jest/globals';
import { chooseFormat } from '../../../src/daemon/log/choose-format.js';
import { createLog } from '../../../src/daemon/log/create-log.js';
import { formatLine } from '../../../src/daemon/log/format-line.js';

function collect() {
  const lines: string[] = [];
  return { lines, writer: { write: (line: string) => void lines.push(line) } };
}

describe('createLog()', () => {
  test('writes one JSON object per line, with bigints in full and errors as text', () => {
    const { lines, writer } = collect();
    const log = createLog({ level: 'info', format: 'json', writer });
    log.warn('disrupted', { marker: 2n ** 63n + 1n, error: new Error('gone'), msg: 'mine', none: undefined });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'warn',
      time: expect.any(Number),
      msg: 'disrupted',
      marker: '9223372036854775809',
      error: 'gone',
      msg_: 'mine',
    });
  });

  test('writes priorities that journald understands', () => {
    const { lines, writer } = collect();
    const log = createLog({ level: 'debug', format: 'journald', writer });
    log.debug('a');
    log.info('b', { marker: 7n, names: ['x', 'y'] });
    log.warn('c', { error: new Error('gone') });
    log.error('d');
    expect(lines).toEqual(['<7>a\n', '<6>b (marker 7, names x y)\n', '<4>c (error gone)\n', '<3>d\n']);
  });

  test('keeps a line in one line, whatever is in it', () => {
    const { lines, writer } = collect();
    const log = createLog({ level: 'info', format: 'journald', writer });
    log.info('one\n<0>two', { name: 'a\u001b[2Jb' });
    expect(lines).toEqual(['<6>one\\n<0>two (name a\\x1b[2Jb)\n']);
  });

  test.each(['json', 'journald', 'text'] as const)('setLevel() changes what is said from then on, as %s', (format) => {
    const { lines, writer } = collect();
    const log = createLog({ level: 'warn', format, writer });
    log.info('not yet');
    log.setLevel('debug');
    log.debug('now');
    log.setLevel('error');
    log.warn('no more');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('now');
  });
});

test('formatLine() makes phc2sys’s messages of what it does not know', () => {
  expect(formatLine('phc2sys', 'warn', 'holding', { a: 1 }, new Date(), 61_002_999_999n)).toBe(
    'phc2sys[61.002]: holding (a 1)\n',
  );
});

test('formatLine() puts the time of day before a terminal line', () => {
  const now = new Date('2026-11-21T01:02:03.045Z');
  expect(formatLine('text', 'info', 'hello', { a: 1 }, now)).toBe('01:02:03.045 info  hello (a 1)\n');
});

describe('chooseFormat()', () => {
  const stderr = { journalStream: '8:1234', device: 8, inode: 1234, isTerminal: false };

  test('takes journald for "auto" when JOURNAL_STREAM names our stderr', () => {
    expect(chooseFormat('auto', stderr)).toBe('journald');
  });

  test('does not believe a JOURNAL_STREAM that names another file', () => {
    expect(chooseFormat('auto', { ...stderr, inode: 5 })).toBe('json');
    expect(chooseFormat('auto', { ...stderr, inode: 5, isTerminal: true })).toBe('text');
  });

  test('does as it is told otherwise', () => {
    expect(chooseFormat('json', stderr)).toBe('json');
    expect(chooseFormat('journald', { ...stderr, journalStream: undefined })).toBe('journald');
  });
});
