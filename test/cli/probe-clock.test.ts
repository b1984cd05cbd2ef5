import { describe, expect, test } from '@jest/globals';
import { type ProbedClock, probeClock } from '../../src/cli/probe-clock.js';
import { PtpAnswerError } from '../../src/ioctl/ptp-answer-error.js';
import type { RankedClock } from '../../src/ioctl/rank-clocks.js';
import { SystemError } from '../../src/ioctl/system-error.js';

const KVM: RankedClock = {
  index: 0,
  path: '/dev/ptp0',
  clockName: 'KVM virtual PTP',
  kind: 'kvm',
  timescale: 'utc',
  expectedMethod: 'BASIC',
};

const refuse = (errno: number, ioctl: string) => () => {
  throw new SystemError(`ioctl ${ioctl}`, errno, '/dev/ptp0');
};

/** A clock that answers BASIC only, as ptp_kvm does on a guest with clocksource tsc. */
function kvmClock(change: Partial<ProbedClock> = {}) {
  const state = { closed: 0 };
  const clock: ProbedClock = {
    caps: () => ({ maxAdjustmentPpb: 0, crossTimestamping: true, pulsePerSecond: false }),
    precise: refuse(19, 'PTP_SYS_OFFSET_PRECISE'),
    extended: refuse(95, 'PTP_SYS_OFFSET_EXTENDED'),
    basic: () => [
      { beforeNs: 1000n, deviceNs: 6000n, afterNs: 4000n },
      { beforeNs: 5000n, deviceNs: 5900n, afterNs: 5800n },
      { beforeNs: 6000n, deviceNs: 6000n, afterNs: 9000n },
    ],
    close: () => {
      state.closed += 1;
    },
    ...change,
  };
  return { clock, state };
}

describe('probeClock()', () => {
  test('tries every method, says why one does not work, and shows the narrowest reading', () => {
    const { clock, state } = kvmClock();
    const facts = probeClock(KVM, 'tsc', () => clock);
    expect(facts).toMatchObject({
      error: '',
      crossTimestamping: true,
      methods: [
        { method: 'PRECISE', works: false, code: 'ENODEV', meaning: expect.stringContaining('clocksource is tsc') },
        { method: 'EXTENDED', works: false, code: 'EOPNOTSUPP', meaning: 'the driver has no such reading' },
        { method: 'BASIC', works: true, code: '', meaning: '' },
      ],
      // 5900 − (5000 + 5800) / 2: positive, the device is ahead.
      reading: { method: 'BASIC', systemClock: 'CLOCK_REALTIME', offsetNs: 500, bracketNs: 800, count: 3 },
    });
    expect(state.closed).toBe(1);
  });

  test('shows the reading of the best method that works', () => {
    const { clock } = kvmClock({ precise: () => ({ deviceNs: 90n, realtimeNs: 100n, monotonicRawNs: 7n }) });
    expect(probeClock(KVM, 'kvm-clock', () => clock).reading).toEqual({
      method: 'PRECISE',
      systemClock: 'CLOCK_REALTIME',
      offsetNs: -10,
      bracketNs: 0,
      count: 1,
    });
  });

  test('tells an answer that cannot be right', () => {
    const { clock } = kvmClock({
      basic: () => {
        throw new PtpAnswerError('PTP_SYS_OFFSET', 'order', 'the second stamp is before the first');
      },
      caps: refuse(25, 'PTP_CLOCK_GETCAPS'),
    });
    const facts = probeClock(KVM, 'tsc', () => clock);
    expect(facts.methods[2]).toMatchObject({ method: 'BASIC', works: false, code: 'EBADMSG' });
    expect(facts.methods[2]?.meaning).toContain('the second stamp is before the first');
    expect(facts).toMatchObject({ reading: null, crossTimestamping: null });
  });

  test.each([
    [13, 'EACCES (Permission denied): ask as root, or as a member of the group that owns the device'],
    [2, 'ENOENT (No such file or directory): the kernel has this clock, but its device node is missing'],
    [1, 'EPERM (Operation not permitted): a sandbox forbids the device'],
  ])('says what to do when it cannot be opened: errno %d', (errno, error) => {
    const facts = probeClock(KVM, 'tsc', () => {
      throw new SystemError('open', errno, '/dev/ptp0');
    });
    expect(facts.error).toContain(error);
    expect(facts).toMatchObject({ methods: [], reading: null });
  });
});
