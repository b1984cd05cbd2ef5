import { describe, expect, test } from '@jest/globals';
import { SendReport } from '../../src/sock/send-report.js';

const PATH = '/run/chrony.vmclockd.sock';
const sent = { kind: 'sent' } as const;
const dropped = (code: string) => ({ kind: 'dropped', code }) as const;

describe('SendReport', () => {
  test('says nothing while samples arrive', () => {
    const report = new SendReport(PATH);
    expect([report.note(sent), report.note(sent)]).toEqual([undefined, undefined]);
    expect(report).toMatchObject({ sent: 2, dropped: {}, failing: '' });
  });

  test('reports a failure once, with the remedy, and the recovery once, with the count', () => {
    const report = new SendReport(PATH);
    report.note(sent);
    expect(report.note(dropped('ENOENT'))).toEqual({
      kind: 'failing',
      code: 'ENOENT',
      remedy: expect.stringContaining(`refclock SOCK ${PATH} refid VMCK`),
    });
    expect(report.note(dropped('ENOENT'))).toBeUndefined();
    expect(report.failing).toBe('ENOENT');
    expect(report.note(sent)).toEqual({ kind: 'works again', dropped: 2 });
    expect(report.note(sent)).toBeUndefined();
    expect(report.failing).toBe('');
  });

  test('reports again when the reason changes, and counts the whole failure in the recovery', () => {
    const report = new SendReport(PATH);
    report.note(dropped('ECONNREFUSED'));
    expect(report.note(dropped('ENOENT'))).toMatchObject({ kind: 'failing', code: 'ENOENT' });
    expect(report.note(dropped('ECONNREFUSED'))).toMatchObject({ kind: 'failing', code: 'ECONNREFUSED' });
    expect(report.note(sent)).toEqual({ kind: 'works again', dropped: 3 });
    expect(report.dropped).toEqual({ ECONNREFUSED: 2, ENOENT: 1 });
  });

  test('reports the same failure anew after a recovery', () => {
    const report = new SendReport(PATH);
    report.note(dropped('EAGAIN'));
    report.note(sent);
    expect(report.note(dropped('EAGAIN'))).toMatchObject({ kind: 'failing', code: 'EAGAIN' });
    expect(report.note(sent)).toEqual({ kind: 'works again', dropped: 1 });
  });
});
