import { describe, expect, test } from '@jest/globals';
import { errnoName, SystemError } from '../../src/ioctl/system-error.js';

describe('errnoName()', () => {
  test.each([
    [16, 'EBUSY'],
    [19, 'ENODEV'],
    [95, 'EOPNOTSUPP'],
    [11, 'EAGAIN'],
    [25, 'ENOTTY'],
    [524, 'errno 524'],
  ])('%d is %s', (errno, name) => {
    expect(errnoName(errno)).toBe(name);
  });
});

describe('SystemError', () => {
  test('says what was attempted, on what, the errno in words, and the remedy', () => {
    const error = new SystemError('ioctl PTP_SYS_OFFSET_PRECISE', 19, '/dev/ptp0', 'Try another clock.');
    expect(error.message).toBe(
      'ioctl PTP_SYS_OFFSET_PRECISE on /dev/ptp0: ENODEV (No such device). Try another clock.',
    );
    expect(error).toMatchObject({ errno: 19, code: 'ENODEV', path: '/dev/ptp0', remedy: 'Try another clock.' });
  });

  test('has no remedy, and no dangling sentence, when none was given', () => {
    const error = new SystemError('open', 2, '/dev/ptp9');
    expect(error.message).toBe('open on /dev/ptp9: ENOENT (No such file or directory)');
    expect(error.remedy).toBeUndefined();
  });

  test('an errno without a name is told as a number', () => {
    expect(new SystemError('ioctl', 524, '/dev/x').message).toBe('ioctl on /dev/x: errno 524');
  });

  test('withRemedy() keeps the original as the cause', () => {
    const error = new SystemError('open', 13, '/dev/ptp0');
    const advised = error.withRemedy('Be root.');
    expect(advised.message).toBe('open on /dev/ptp0: EACCES (Permission denied). Be root.');
    expect(advised.cause).toBe(error);
  });
});
