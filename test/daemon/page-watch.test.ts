import { describe, expect, test } from '@jest/globals';
import { PageWatch, UNSETTLED_HOLD_NS } from '../../src/daemon/page-watch.js';
import { type PageLook, VmclockFlag, type VmclockPage } from '../../src/ioctl/vmclock-page.js';
import { markerOnlyPage } from '../../src/sim/virtual-page.js';

const PAGE = markerOnlyPage(7n);

function settled(change: Partial<VmclockPage> = {}): PageLook {
  return { kind: 'settled', page: { ...PAGE, ...change } };
}

/** A watch that has its baseline. */
function watching(page: Partial<VmclockPage> = {}): PageWatch {
  const watch = new PageWatch(undefined);
  watch.find(settled(page), () => 0n);
  return watch;
}

describe('PageWatch.find()', () => {
  test('takes the first settled page for the baseline, whatever its marker', () => {
    const watch = new PageWatch(undefined);
    expect(watch.find({ kind: 'unsettled', seqCount: 1 }, () => 0n)).toEqual({
      kind: 'hold',
      reason: '',
      hostSays: false,
    });
    expect(watch.find(settled({ disruptionMarker: 99n }), () => 1n)).toEqual({
      kind: 'baseline',
      epoch: { marker: 99n, generation: 7n },
      cause: undefined,
    });
    expect(watch.find(settled({ disruptionMarker: 99n }), () => 2n)).toEqual({ kind: 'clear', leap: 0 });
  });

  test('a first page of another epoch than the saved one is a disruption of before', () => {
    const watch = new PageWatch({ marker: 1n, generation: 6n });
    expect(watch.find(settled(), () => 0n)).toMatchObject({ kind: 'baseline', cause: 'while the daemon was down' });
    const same = new PageWatch({ marker: 1n, generation: 7n });
    expect(same.find(settled(), () => 0n)).toMatchObject({ kind: 'baseline', cause: undefined });
  });

  test.each([
    [{ disruptionMarker: 2n }, 'marker'],
    [{ disruptionMarker: 0n }, 'marker'],
    [{ vmGenerationCounter: 8n }, 'generation'],
    [{ disruptionMarker: 5n, vmGenerationCounter: 9n }, 'marker and generation'],
  ])('%p is a disruption by %s, and told once', (change, cause) => {
    const watch = watching();
    const after = settled({ ...change, seqCount: 4 });
    expect(watch.find(after, () => 1n)).toMatchObject({ kind: 'disrupted', cause });
    expect(watch.find(after, () => 2n)).toEqual({ kind: 'clear', leap: 0 });
  });

  test('a generation counter that vanishes is a disruption: another hypervisor wrote the page', () => {
    const { vmGenerationCounter: _, ...without } = PAGE;
    expect(watching().find({ kind: 'settled', page: without }, () => 1n)).toMatchObject({
      kind: 'disrupted',
      cause: 'generation',
    });
  });

  test('marker first and generation later are two disruptions, in either order', () => {
    const watch = watching();
    expect(watch.find(settled({ disruptionMarker: 2n }), () => 1n)).toMatchObject({ cause: 'marker' });
    expect(watch.find(settled({ disruptionMarker: 2n, vmGenerationCounter: 8n }), () => 2n)).toMatchObject({
      cause: 'generation',
    });
    expect(watch.find(settled({ disruptionMarker: 2n, vmGenerationCounter: 9n }), () => 3n)).toMatchObject({
      cause: 'generation',
    });
    expect(watch.find(settled({ disruptionMarker: 3n, vmGenerationCounter: 9n }), () => 4n)).toMatchObject({
      cause: 'marker',
    });
  });

  test('a refreshed line under the same marker is no disruption', () => {
    const watch = watching();
    for (let seqCount = 4; seqCount < 400; seqCount += 2) {
      const refreshed = settled({ seqCount, counterValue: BigInt(seqCount), timeSec: BigInt(seqCount) });
      expect(watch.find(refreshed, () => BigInt(seqCount))).toEqual({ kind: 'clear', leap: 0 });
    }
  });

  test('an unsettled page holds, and is spoken of only when it stays so', () => {
    const watch = watching();
    const odd: PageLook = { kind: 'unsettled', seqCount: 3 };
    expect(watch.find(odd, () => 1000n)).toEqual({ kind: 'hold', reason: '', hostSays: false });
    expect(watch.brieflyUnsettled(1000n)).toBe(true);
    const late = 1000n + BigInt(UNSETTLED_HOLD_NS);
    expect(watch.find(odd, () => late)).toMatchObject({
      kind: 'hold',
      reason: expect.stringContaining('odd seq_count'),
    });
    expect(watch.brieflyUnsettled(late)).toBe(false);
    expect(watch.find(settled(), () => late + 1n)).toEqual({ kind: 'clear', leap: 0 });
    expect(watch.unsettledSinceRawNs).toBeUndefined();
  });

  test('a change of the TAI offset is told once, and only where the page vouches for it', () => {
    const flags = VmclockFlag.TAI_OFFSET_VALID;
    const watch = watching({ flags, taiOffsetSec: 37 });
    const after = settled({ flags, taiOffsetSec: 38 });
    expect(watch.find(after, () => 1n)).toEqual({ kind: 'tai offset changed' });
    expect(watch.find(after, () => 2n)).toEqual({ kind: 'clear', leap: 0 });
    expect(watching({ taiOffsetSec: 37 }).find(settled({ taiOffsetSec: 38 }), () => 1n)).toEqual({
      kind: 'clear',
      leap: 0,
    });
  });

  test('an unreadable page holds with its reason', () => {
    const error = new Error('/dev/vmclock0: magic is gone');
    expect(watching().find({ kind: 'unreadable', error }, () => 1n)).toEqual({
      kind: 'hold',
      reason: 'the vmclock page cannot be read: /dev/vmclock0: magic is gone',
      hostSays: false,
    });
  });

  // [page, what it means]
  test.each([
    [{ clockStatus: 4 }, /unreliable/],
    [{ clockStatus: 1 }, /initialising/],
    [{ counterId: 1, timeType: 2 }, /monotonic/],
    [{ counterId: 1, timeType: 3 }, /smeared/],
    [{ counterId: 1, timeType: 4 }, /smeared/],
    [{ counterId: 1, timeType: 9 }, /does not know/],
    [{ leapIndicator: 3 }, /leap second is being inserted/],
  ])('%p holds', (change, reason) => {
    expect(watching().find(settled(change), () => 1n)).toMatchObject({
      kind: 'hold',
      reason: expect.stringMatching(reason),
      // A leap second is over in a second: no reason for chronyd to forget us.
      hostSays: !('leapIndicator' in change),
    });
  });

  test.each([
    [{ clockStatus: 0 }, 0],
    [{ clockStatus: 2 }, 0],
    [{ clockStatus: 3 }, 0],
    [{ clockStatus: 77 }, 0],
    // A page without time says nothing by its time type.
    [{ counterId: 0xff, timeType: 3 }, 0],
    [{ counterId: 1, timeType: 1 }, 0],
    [{ leapIndicator: 1 }, 1],
    [{ leapIndicator: 2 }, 2],
    [{ leapIndicator: 4 }, 0],
    [{ leapIndicator: 5 }, 0],
  ])('%p lets us feed with leap %p', (change, leap) => {
    expect(watching().find(settled(change), () => 1n)).toEqual({ kind: 'clear', leap });
  });
});
