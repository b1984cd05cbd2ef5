import { describe, expect, test } from '@jest/globals';
import type { PhcPort } from '../../src/daemon/ports.js';
import { PhcReader, type PhcReaderOptions } from '../../src/ioctl/phc-reader.js';
import { PtpClock } from '../../src/ioctl/ptp-clock.js';
import {
  EBUSY,
  EINVAL,
  ENODEV,
  EOPNOTSUPP,
  ETIMEDOUT,
  FakePtpDevice,
  GOOD,
  SHIFT_NS,
  START_NS,
} from './fake-ptp-device.js';
import { putStamps } from './ptp-bytes.js';

const MINUTE_NS = 60_000_000_000n;

/** A reader on a fake device, and the clock that its pairs and its minute come from: 10 ns pass at each look. */
function setUp(options: PhcReaderOptions = {}, clockName = 'KVM virtual PTP', clocksource = 'tsc') {
  const device = new FakePtpDevice();
  const time = { rawNs: 1_000_000n };
  const systemClocks = {
    monotonicRawNs: () => {
      time.rawNs += 10n;
      return time.rawNs;
    },
    realtimeNs: () => START_NS + time.rawNs,
  };
  const parts = { clock: new PtpClock(device), clockName, systemClocks, clocksource: () => clocksource };
  return { device, time, reader: new PhcReader(parts, options) };
}

function refuse(device: FakePtpDevice, errno: number, ...methods: string[]): void {
  for (const method of methods) device.answers.set(method, errno);
}

describe('PhcReader.read()', () => {
  test('is what the daemon calls a PhcPort', () => {
    const port: PhcPort = setUp().reader;
    expect(port).toMatchObject({ path: '/dev/ptp0', clockName: 'KVM virtual PTP', method: undefined, refusals: [] });
  });

  test('takes PRECISE where it works, with the reading as its own pair', () => {
    const { reader } = setUp();
    const pair = { realtimeNs: START_NS, monotonicRawNs: 77_000_000_007n, widthNs: 0 };
    expect(reader.read()).toEqual({
      method: 'PRECISE',
      systemClock: 'CLOCK_REALTIME',
      readings: [{ beforeNs: START_NS, deviceNs: START_NS + SHIFT_NS, afterNs: START_NS }],
      pairBefore: pair,
      pairAfter: pair,
    });
    expect(reader.method).toBe('PRECISE');
  });

  test('falls back to BASIC when PRECISE answers ENODEV and EXTENDED EOPNOTSUPP, and keeps why', () => {
    const { device, reader } = setUp();
    refuse(device, ENODEV, 'PTP_SYS_OFFSET_PRECISE');
    refuse(device, EOPNOTSUPP, 'PTP_SYS_OFFSET_EXTENDED');
    const batch = reader.read();
    expect(batch).toMatchObject({ method: 'BASIC', systemClock: 'CLOCK_REALTIME' });
    expect(batch.readings).toHaveLength(25);
    expect(reader.method).toBe('BASIC');
    expect(reader.refusals).toEqual([
      {
        method: 'PRECISE',
        code: 'ENODEV',
        meaning: "the guest's clocksource is tsc, and ptp_kvm's cross time stamps need kvm-clock",
      },
      { method: 'EXTENDED', code: 'EOPNOTSUPP', meaning: 'the driver has no such reading' },
    ]);
  });

  test('a refused method is not asked at each reading, but again after a minute and after reprobe()', () => {
    const { device, time, reader } = setUp();
    refuse(device, ENODEV, 'PTP_SYS_OFFSET_PRECISE');
    reader.read();
    device.calls.length = 0;
    reader.read();
    expect(device.calls).toEqual(['PTP_SYS_OFFSET_EXTENDED']);
    time.rawNs += MINUTE_NS;
    device.calls.length = 0;
    reader.read();
    expect(device.calls).toContain('PTP_SYS_OFFSET_PRECISE');
    device.answers.set('PTP_SYS_OFFSET_PRECISE', GOOD.PTP_SYS_OFFSET_PRECISE);
    expect(reader.read().method).toBe('EXTENDED');
    reader.reprobe();
    expect(reader.read().method).toBe('PRECISE');
    expect(reader.refusals).toEqual([]);
  });

  test.each([EOPNOTSUPP, ENODEV, EINVAL, 25])(
    'a method in use that ends with errno %d is replaced in one read()',
    (errno) => {
      const { device, reader } = setUp();
      expect(reader.read().method).toBe('PRECISE');
      refuse(device, errno, 'PTP_SYS_OFFSET_PRECISE', 'PTP_SYS_OFFSET_EXTENDED');
      expect(reader.read().method).toBe('BASIC');
    },
  );

  test('a method that was refused a moment ago is the last resort when the others go away', () => {
    const { device, reader } = setUp();
    refuse(device, ENODEV, 'PTP_SYS_OFFSET_PRECISE');
    expect(reader.read().method).toBe('EXTENDED');
    refuse(device, ENODEV, 'PTP_SYS_OFFSET_EXTENDED', 'PTP_SYS_OFFSET');
    device.answers.set('PTP_SYS_OFFSET_PRECISE', GOOD.PTP_SYS_OFFSET_PRECISE);
    expect(reader.read().method).toBe('PRECISE');
  });

  test('throws with every reason when no method works, and works again when one comes back', () => {
    const { device, reader } = setUp();
    refuse(device, ENODEV, 'PTP_SYS_OFFSET_PRECISE', 'PTP_SYS_OFFSET_EXTENDED', 'PTP_SYS_OFFSET');
    expect(() => reader.read()).toThrow(
      /^ioctl PTP_SYS_OFFSET on \/dev\/ptp0: ENODEV.*PRECISE ENODEV.*BASIC ENODEV, the device is gone/,
    );
    expect(reader.method).toBeUndefined();
    device.answers.set('PTP_SYS_OFFSET', GOOD.PTP_SYS_OFFSET);
    expect(reader.read().method).toBe('BASIC');
  });

  test('EBUSY is passing trouble: another method serves for this once, and none is given up', () => {
    const { device, reader } = setUp();
    refuse(device, EBUSY, 'PTP_SYS_OFFSET_PRECISE');
    expect(reader.read().method).toBe('EXTENDED');
    expect(reader.refusals).toEqual([]);
    refuse(device, EBUSY, 'PTP_SYS_OFFSET_EXTENDED', 'PTP_SYS_OFFSET');
    expect(() => reader.read()).toThrow(expect.objectContaining({ code: 'EBUSY' }));
    device.answers.set('PTP_SYS_OFFSET_PRECISE', GOOD.PTP_SYS_OFFSET_PRECISE);
    expect(reader.read().method).toBe('PRECISE');
  });

  test('ETIMEDOUT is passing trouble: it is thrown and no method is given up', () => {
    const { device, reader } = setUp();
    refuse(device, ETIMEDOUT, 'PTP_SYS_OFFSET_PRECISE');
    expect(() => reader.read()).toThrow(expect.objectContaining({ code: 'ETIMEDOUT' }));
    expect(reader.refusals).toEqual([]);
    device.answers.set('PTP_SYS_OFFSET_PRECISE', GOOD.PTP_SYS_OFFSET_PRECISE);
    expect(reader.read().method).toBe('PRECISE');
  });

  test('PRECISE is tried although the driver announces none, and the refusal says so', () => {
    const { device, reader } = setUp({}, 'ena-ptp-05');
    device.answers.set('PTP_CLOCK_GETCAPS', () => {});
    refuse(device, EOPNOTSUPP, 'PTP_SYS_OFFSET_PRECISE');
    expect(reader.read().method).toBe('EXTENDED');
    expect(device.calls[0]).toBe('PTP_SYS_OFFSET_PRECISE');
    expect(reader.refusals[0]?.meaning).toBe('the driver has no such reading (it announces no cross time stamps)');
  });

  test('EXTENDED takes 10 readings, BASIC 25, or as many as configured', () => {
    const count = (options: PhcReaderOptions, ...refused: string[]) => {
      const { device, reader } = setUp(options);
      refuse(device, EOPNOTSUPP, ...refused);
      return reader.read().readings.length;
    };
    const [precise, extended] = ['PTP_SYS_OFFSET_PRECISE', 'PTP_SYS_OFFSET_EXTENDED'];
    expect(count({}, precise)).toBe(10);
    expect(count({ extendedCount: 25 }, precise)).toBe(25);
    expect(count({}, precise, extended)).toBe(25);
    expect(count({ basicCount: 5 }, precise, extended)).toBe(5);
  });

  test('the pairs are taken before and after the readings', () => {
    const { device, time, reader } = setUp();
    refuse(device, EOPNOTSUPP, 'PTP_SYS_OFFSET_PRECISE');
    let during = 0n;
    device.answers.set('PTP_SYS_OFFSET_EXTENDED', (bytes) => {
      time.rawNs += 1000n;
      during = time.rawNs;
      GOOD.PTP_SYS_OFFSET_EXTENDED(bytes);
    });
    const { pairBefore, pairAfter } = reader.read();
    expect(pairBefore.widthNs).toBe(10);
    expect(pairBefore.monotonicRawNs).toBeLessThan(during - 900n);
    expect(pairAfter.monotonicRawNs).toBeGreaterThan(during);
  });
});

describe('PhcReader.read() with CLOCK_MONOTONIC_RAW', () => {
  /** EXTENDED as a kernel before 6.12 has it: reserved fields must be 0. */
  const oldKernel = (bytes: Uint8Array, device: FakePtpDevice) => {
    if (bytes[4] !== 0) {
      device.answers.set('once', EINVAL);
      device.ioctl(0, bytes, 'once');
    }
    GOOD.PTP_SYS_OFFSET_EXTENDED(bytes);
  };

  test('gives EXTENDED readings on that clock where the kernel can', () => {
    const { device, reader } = setUp({ systemClock: 'CLOCK_MONOTONIC_RAW' });
    refuse(device, EOPNOTSUPP, 'PTP_SYS_OFFSET_PRECISE');
    expect(reader.read()).toMatchObject({ method: 'EXTENDED', systemClock: 'CLOCK_MONOTONIC_RAW' });
  });

  test('an old kernel gives CLOCK_REALTIME, EXTENDED is not refused, and the clock is asked for once', () => {
    const { device, reader } = setUp({ systemClock: 'CLOCK_MONOTONIC_RAW' });
    refuse(device, EOPNOTSUPP, 'PTP_SYS_OFFSET_PRECISE');
    device.answers.set('PTP_SYS_OFFSET_EXTENDED', (bytes) => oldKernel(bytes, device));
    expect(reader.read()).toMatchObject({ method: 'EXTENDED', systemClock: 'CLOCK_REALTIME' });
    expect(reader.refusals.map(({ method }) => method)).toEqual(['PRECISE']);
    device.calls.length = 0;
    reader.read();
    expect(device.calls).toEqual(['PTP_SYS_OFFSET_EXTENDED']);
  });

  test('EINVAL on both clocks refuses EXTENDED', () => {
    const { device, reader } = setUp({ systemClock: 'CLOCK_MONOTONIC_RAW' }, 'vmclock0');
    refuse(device, EINVAL, 'PTP_SYS_OFFSET_PRECISE', 'PTP_SYS_OFFSET_EXTENDED');
    expect(reader.read().method).toBe('BASIC');
    expect(reader.refusals[1]).toEqual({
      method: 'EXTENDED',
      code: 'EINVAL',
      meaning: 'the vmclock page says that its time is unreliable, or the tsc is unstable',
    });
  });
});

describe('PhcReader.read() with answers that cannot be right', () => {
  const backwards = (bytes: Uint8Array) => putStamps(bytes, 1, [START_NS, START_NS, START_NS - 1n]);

  test('a clock stepped in the midst of a batch costs that batch only', () => {
    const { device, reader } = setUp();
    refuse(device, EOPNOTSUPP, 'PTP_SYS_OFFSET_PRECISE');
    device.answers.set('PTP_SYS_OFFSET_EXTENDED', (bytes) => {
      backwards(bytes);
      device.answers.set('PTP_SYS_OFFSET_EXTENDED', GOOD.PTP_SYS_OFFSET_EXTENDED);
    });
    const { method, readings } = reader.read();
    expect(method).toBe('EXTENDED');
    for (const { beforeNs, afterNs } of readings) expect(afterNs).toBeGreaterThanOrEqual(beforeNs);
  });

  test('a method that is wrong twice in a row is refused with the evidence', () => {
    const { device, reader } = setUp();
    refuse(device, EOPNOTSUPP, 'PTP_SYS_OFFSET_PRECISE');
    device.answers.set('PTP_SYS_OFFSET_EXTENDED', backwards);
    expect(reader.read().method).toBe('BASIC');
    expect(reader.refusals[1]).toMatchObject({ method: 'EXTENDED', code: 'EBADMSG' });
    expect(reader.refusals[1]?.meaning).toContain('went back by 1 ns');
  });
});
