import { describe, expect, test } from '@jest/globals';
import { VMCLOCK_DEADLINE_NS, VmclockSeqlock } from '../../src/ioctl/vmclock-seqlock.js';
import { encodeVmclockPage } from '../../src/sim/encode-vmclock-page.js';
import { FIRECRACKER_PAGE, PLAIN_PAGE, QEMU_PAGE } from './vmclock-pages.js';

/** A page in memory, and a clock that moves 10 µs each time it is asked. */
function bench(initial: Uint8Array = encodeVmclockPage(PLAIN_PAGE)) {
  const buffer = new ArrayBuffer(4096);
  const view = new DataView(buffer);
  new Uint8Array(buffer).set(initial.subarray(0, 4096));
  const clock = { nowNs: 0n, asked: 0, onAsk: () => {} };
  const seqlock = new VmclockSeqlock(buffer, '/dev/vmclock0', () => {
    clock.nowNs += 10_000n;
    clock.asked++;
    clock.onAsk();
    return clock.nowNs;
  });
  return { view, clock, seqlock, setSeq: (seq: number) => view.setUint32(0x0c, seq, true) };
}

/** The loads that `action` makes, in their order: "u32[3]" is the sequence count. */
function loadsOf(action: () => unknown): readonly string[] {
  const load = Atomics.load;
  const loads: string[] = [];
  Reflect.set(Atomics, 'load', (array: Uint32Array | BigUint64Array, index: number) => {
    loads.push(`u${array.BYTES_PER_ELEMENT * 8}[${index}]`);
    return Reflect.apply(load, Atomics, [array, index]);
  });
  try {
    action();
  } finally {
    Reflect.set(Atomics, 'load', load);
  }
  return loads;
}

function settledPage(look: ReturnType<VmclockSeqlock['look']>) {
  if (look.kind !== 'settled') throw new Error(look.kind);
  return look.page;
}

describe('VmclockSeqlock.look()', () => {
  test('decodes the page, and asks no clock where it is settled', () => {
    const { seqlock, clock } = bench();
    expect(settledPage(seqlock.look())).toEqual(PLAIN_PAGE);
    expect(clock.asked).toBe(0);
  });

  test('returns the same object while nothing has changed', () => {
    const { seqlock } = bench();
    const first = seqlock.look();
    expect(seqlock.look()).toBe(first);
    expect(seqlock.look()).toBe(first);
  });

  test('loads sequence count, marker, generation, and the sequence count again, in this order', () => {
    const { seqlock } = bench();
    seqlock.look();
    expect(loadsOf(() => seqlock.look())).toEqual(['u32[3]', 'u64[2]', 'u64[13]', 'u32[3]']);
  });

  test('reads a page whose sequence count is 0 from the beginning', () => {
    expect(settledPage(bench(FIRECRACKER_PAGE).seqlock.look())).toMatchObject({ seqCount: 0, flags: 0x300n });
  });

  test('takes a new copy when the sequence count has moved', () => {
    const { seqlock, setSeq } = bench();
    const first = settledPage(seqlock.look());
    setSeq(12);
    const second = settledPage(seqlock.look());
    expect(second).not.toBe(first);
    expect(second.seqCount).toBe(12);
  });

  test('takes a new copy when the marker has changed and a broken hypervisor forgot the sequence count', () => {
    const { seqlock, view } = bench();
    seqlock.look();
    view.setBigUint64(0x10, 99n, true);
    expect(settledPage(seqlock.look())).toMatchObject({ seqCount: 10, disruptionMarker: 99n });
  });

  test('takes a new copy when only the generation counter has changed', () => {
    const { seqlock, view } = bench();
    seqlock.look();
    view.setBigUint64(0x68, 99n, true);
    expect(settledPage(seqlock.look())).toMatchObject({ seqCount: 10, vmGenerationCounter: 99n });
  });

  test('does not look at a generation counter that the page does not announce', () => {
    const { seqlock, view } = bench(QEMU_PAGE);
    const first = seqlock.look();
    view.setBigUint64(0x68, 99n, true);
    expect(seqlock.look()).toBe(first);
  });

  test('says unsettled at the deadline while the page is odd, again and again, and recovers when it is even', () => {
    const { seqlock, clock, setSeq } = bench();
    seqlock.look();
    setSeq(11);
    for (let turn = 0; turn < 3; turn++) {
      const started = clock.nowNs;
      expect(seqlock.look()).toEqual({ kind: 'unsettled', seqCount: 11 });
      const tookNs = clock.nowNs - started;
      expect(tookNs).toBeGreaterThanOrEqual(VMCLOCK_DEADLINE_NS);
      expect(tookNs).toBeLessThanOrEqual(VMCLOCK_DEADLINE_NS + 20_000n);
    }
    setSeq(12);
    expect(settledPage(seqlock.look()).seqCount).toBe(12);
  });

  test('waits for an update that ends before the deadline, and returns the new page', () => {
    const { seqlock, clock, view, setSeq } = bench();
    seqlock.look();
    setSeq(11);
    clock.onAsk = () => {
      if (clock.asked !== 5) return;
      view.setBigUint64(0x10, 12n, true);
      setSeq(12);
    };
    expect(settledPage(seqlock.look())).toMatchObject({ seqCount: 12, disruptionMarker: 12n });
    expect(clock.asked).toBe(5);
  });

  test('ends also where the clock stands still', () => {
    const { view } = bench();
    view.setUint32(0x0c, 11, true);
    const frozen = new VmclockSeqlock(view.buffer, '/dev/vmclock0', () => 0n);
    expect(frozen.look()).toEqual({ kind: 'unsettled', seqCount: 11 });
  });

  test('says unreadable when magic, version or size are no longer right, and recovers', () => {
    const { seqlock, view, setSeq } = bench();
    seqlock.look();
    setSeq(12);
    view.setUint32(0, 0, true);
    const look = seqlock.look();
    expect(look.kind === 'unreadable' && look.error.message).toContain('magic 0x00000000 is not VCLK');
    expect(seqlock.look().kind).toBe('unreadable');
    view.setUint32(0, 0x4b4c4356, true);
    view.setUint32(4, 7, true);
    expect(seqlock.look().kind).toBe('unreadable');
    view.setUint32(4, 4096, true);
    expect(settledPage(seqlock.look()).seqCount).toBe(12);
  });

  test('holds a page of 104 bytes, and refuses less', () => {
    const { vmGenerationCounter, ...rest } = PLAIN_PAGE;
    const short = { ...rest, sizeBytes: 104, flags: 0n };
    const buffer = new ArrayBuffer(104);
    new Uint8Array(buffer).set(encodeVmclockPage(short));
    expect(settledPage(new VmclockSeqlock(buffer, 'x').look())).toEqual(short);
    expect(() => new VmclockSeqlock(new ArrayBuffer(96), 'x')).toThrow(RangeError);
  });
});

test('VmclockSeqlock.snapshot() takes a new copy of an unchanged page', () => {
  const { seqlock } = bench();
  const first = settledPage(seqlock.look());
  const second = settledPage(seqlock.snapshot());
  expect(second).not.toBe(first);
  expect(second).toEqual(first);
});

test('VmclockSeqlock.snapshot() loads every word between two loads of the sequence count, each by Atomics.load', () => {
  const { seqlock } = bench();
  const words = Array.from({ length: 14 }, (_, i) => `u64[${i}]`);
  expect(loadsOf(() => seqlock.snapshot())).toEqual(['u32[3]', ...words, 'u32[3]']);
});
