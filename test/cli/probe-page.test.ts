import { describe, expect, test } from '@jest/globals';
import { probePage } from '../../src/cli/probe-page.js';
import type { PageLook, VmclockPage } from '../../src/ioctl/vmclock-page.js';

const PAGE: VmclockPage = {
  sizeBytes: 112,
  version: 1,
  counterId: 0xff,
  timeType: 0,
  seqCount: 12,
  disruptionMarker: 2n ** 64n - 1n,
  flags: 0x301n | (1n << 40n),
  clockStatus: 0,
  leapSecondSmearingHint: 0,
  taiOffsetSec: 37,
  leapIndicator: 0,
  counterPeriodShift: 0,
  counterValue: 0n,
  counterPeriodFracSec: 0n,
  counterPeriodEsterrorRateFracSec: 0n,
  counterPeriodMaxerrorRateFracSec: 0n,
  timeSec: 0n,
  timeFracSec: 0n,
  timeEsterrorNs: 0n,
  timeMaxerrorNs: 0n,
  vmGenerationCounter: 5n,
};

function device(looks: PageLook[]) {
  const state = { closed: 0 };
  const last = looks.at(-1) ?? { kind: 'unsettled', seqCount: 1 };
  return {
    state,
    open: () => ({
      look: () => looks.shift() ?? last,
      watch: () => undefined,
      watching: 'poll' as const,
      close: () => {
        state.closed += 1;
      },
    }),
  };
}

describe('probePage()', () => {
  test('tells what stands in a page without time', () => {
    const { open, state } = device([{ kind: 'settled', page: PAGE }]);
    expect(probePage('/dev/vmclock0', open)).toEqual({
      path: '/dev/vmclock0',
      error: '',
      contents: {
        sizeBytes: 112,
        version: 1,
        carriesTime: false,
        counter: 'no counter',
        timeType: 'UTC',
        marker: '18446744073709551615',
        generation: '5',
        seqCount: 12,
        clockStatus: 'unknown',
        leap: 'none',
        flags: ['TAI_OFFSET_VALID', 'VM_GEN_COUNTER_PRESENT', 'NOTIFICATION_PRESENT', 'bit 40'],
        taiOffsetSeconds: 37,
        watching: 'poll',
      },
    });
    expect(state.closed).toBe(1);
  });

  test('waits out an update', () => {
    const { open } = device([
      { kind: 'unsettled', seqCount: 3 },
      { kind: 'settled', page: PAGE },
    ]);
    expect(probePage('/p', open).contents).not.toBeNull();
  });

  test('does not wait for ever', () => {
    const { open, state } = device([{ kind: 'unsettled', seqCount: 3 }]);
    expect(probePage('/p', open)).toEqual({
      path: '/p',
      error: 'it is being updated, or the hypervisor left it half-written (sequence count 3)',
      contents: null,
    });
    expect(state.closed).toBe(1);
  });

  test('hands on why it cannot be opened', () => {
    expect(probePage('/no/such/vmclock0').error).toMatch(
      /^open on \/no\/such\/vmclock0: ENOENT .*modprobe ptp_vmclock/,
    );
  });
});
