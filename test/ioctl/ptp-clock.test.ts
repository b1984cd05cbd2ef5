import { describe, expect, test } from '@jest/globals';
import { PtpClock } from '../../src/ioctl/ptp-clock.js';
import { EBUSY, EINTR, ENODEV, FakePtpDevice, GOOD, SHIFT_NS, START_NS } from './fake-ptp-device.js';

/** Fails with the given errnos, then works. */
function failing(...errnos: number[]): (bytes: Uint8Array) => void {
  return (bytes) => {
    const errno = errnos.shift();
    if (errno === undefined) return GOOD.PTP_SYS_OFFSET(bytes);
    throw new FakeFailure(errno);
  };
}

class FakeFailure {
  constructor(readonly errno: number) {}
}

/** A device whose BASIC reading fails with these errnos first. */
function deviceFailing(...errnos: number[]): FakePtpDevice {
  const device = new FakePtpDevice();
  const answer = failing(...errnos);
  const ioctl = device.ioctl.bind(device);
  device.answers.set('PTP_SYS_OFFSET', answer);
  device.ioctl = (request, buffer, name) => {
    try {
      ioctl(request, buffer, name);
    } catch (error) {
      if (!(error instanceof FakeFailure)) throw error;
      device.answers.set(name, error.errno);
      device.calls.pop();
      try {
        ioctl(request, buffer, name);
      } finally {
        device.answers.set(name, answer);
      }
    }
  };
  return device;
}

describe('PtpClock', () => {
  test('each reading asks the ioctl of its name and decodes the answer', () => {
    const device = new FakePtpDevice();
    const clock = new PtpClock(device);
    expect(clock.caps().crossTimestamping).toBe(true);
    expect(clock.precise()).toEqual({
      deviceNs: START_NS + SHIFT_NS,
      realtimeNs: START_NS,
      monotonicRawNs: 77_000_000_007n,
    });
    expect(clock.extended(3, 'CLOCK_REALTIME')).toHaveLength(3);
    expect(clock.basic(25)).toHaveLength(25);
    expect(device.calls).toEqual([
      'PTP_CLOCK_GETCAPS',
      'PTP_SYS_OFFSET_PRECISE',
      'PTP_SYS_OFFSET_EXTENDED',
      'PTP_SYS_OFFSET',
    ]);
  });

  test.each([
    ['CLOCK_REALTIME', 0],
    ['CLOCK_MONOTONIC_RAW', 4],
  ] as const)('extended() asks for %s as clock id %d', (name, id) => {
    let asked: number | undefined;
    const device = new FakePtpDevice();
    device.answers.set('PTP_SYS_OFFSET_EXTENDED', (bytes) => {
      asked = bytes[4];
      GOOD.PTP_SYS_OFFSET_EXTENDED(bytes);
    });
    new PtpClock(device).extended(1, name);
    expect(asked).toBe(id);
  });

  test('a driver that leaves the buffer alone gives no reading of the time before', () => {
    const device = new FakePtpDevice();
    const clock = new PtpClock(device);
    clock.basic(1);
    device.answers.set('PTP_SYS_OFFSET', () => {});
    expect(clock.basic(1)).toEqual([{ beforeNs: 0n, deviceNs: 0n, afterNs: 0n }]);
  });

  test('EBUSY and EINTR are retried', () => {
    const device = deviceFailing(EBUSY, EINTR);
    expect(new PtpClock(device).basic(2)).toHaveLength(2);
    expect(device.calls).toHaveLength(3);
  });

  test('the third EBUSY is an error', () => {
    const device = deviceFailing(EBUSY, EBUSY, EBUSY);
    expect(() => new PtpClock(device).basic(2)).toThrow(
      'ioctl PTP_SYS_OFFSET on /dev/ptp0: EBUSY (Resource busy or locked)',
    );
    expect(device.calls).toHaveLength(3);
  });

  test('ENODEV is not retried', () => {
    const device = deviceFailing(ENODEV);
    expect(() => new PtpClock(device).basic(2)).toThrow(expect.objectContaining({ code: 'ENODEV' }));
    expect(device.calls).toHaveLength(1);
  });

  test('open() of what is not there throws ENOENT; of a device that is no clock, its readings throw ENOTTY', () => {
    expect(() => PtpClock.open('/dev/no-such-ptp')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    const clock = PtpClock.open('/dev/zero');
    expect(() => clock.precise()).toThrow('ioctl PTP_SYS_OFFSET_PRECISE on /dev/zero: ENOTTY');
    expect(() => clock.extended(1, 'CLOCK_REALTIME')).toThrow('ioctl PTP_SYS_OFFSET_EXTENDED on /dev/zero: ENOTTY');
    expect(() => clock.basic(1)).toThrow('ioctl PTP_SYS_OFFSET on /dev/zero: ENOTTY');
    expect(() => clock.caps()).toThrow('ioctl PTP_CLOCK_GETCAPS on /dev/zero: ENOTTY');
    clock.close();
    clock.close();
    expect(() => clock.basic(1)).toThrow('the device has been closed');
  });
});
