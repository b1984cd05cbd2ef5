import { describe, expect, test } from '@jest/globals';
import { decodeVmclockPage } from '../../src/ioctl/vmclock-decode.js';
import { VMCLOCK_FIELDS } from '../../src/ioctl/vmclock-layout.js';
import type { VmclockPage } from '../../src/ioctl/vmclock-page.js';
import { VmclockPageError } from '../../src/ioctl/vmclock-page-error.js';
import { encodeVmclockPage } from '../../src/sim/encode-vmclock-page.js';
import { Dice, dump, FIRECRACKER_PAGE, PLAIN_PAGE, QEMU_PAGE, TIME_PAGE } from './vmclock-pages.js';

const PATH = '/dev/vmclock0';

function decode(bytes: Uint8Array): VmclockPage {
  const page = decodeVmclockPage(bytes, PATH);
  if (page instanceof Error) throw page;
  return page;
}

function fault(bytes: Uint8Array): VmclockPageError {
  const error = decodeVmclockPage(bytes, PATH);
  if (!(error instanceof VmclockPageError)) throw new Error('decoded');
  return error;
}

/** A copy with some bytes overwritten. */
function patched(bytes: Uint8Array, offset: number, values: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(values, offset);
  return copy;
}

describe('decodeVmclockPage()', () => {
  test("reads QEMU's page: a marker and nothing else", () => {
    const page = decode(QEMU_PAGE);
    expect(page).toMatchObject({
      sizeBytes: 0x1000,
      version: 1,
      counterId: 0xff,
      seqCount: 2,
      disruptionMarker: 1n,
      flags: 0n,
      clockStatus: 0,
    });
    expect('vmGenerationCounter' in page).toBe(false);
  });

  test("reads Firecracker's page: marker, generation and notifications", () => {
    expect(decode(FIRECRACKER_PAGE)).toMatchObject({
      counterId: 0xff,
      seqCount: 0,
      disruptionMarker: 0n,
      flags: 0x300n,
      vmGenerationCounter: 0n,
    });
  });

  test('reads every field of a page with time, tai_offset_sec as signed', () => {
    expect(decode(TIME_PAGE)).toEqual({
      sizeBytes: 4096,
      version: 1,
      counterId: 1,
      timeType: 1,
      seqCount: 4,
      disruptionMarker: 0x1122334455667788n,
      flags: 0x179n,
      clockStatus: 2,
      leapSecondSmearingHint: 0,
      taiOffsetSec: -37,
      leapIndicator: 1,
      counterPeriodShift: 3,
      counterValue: 0xa000n,
      counterPeriodFracSec: 1n << 63n,
      counterPeriodEsterrorRateFracSec: 1n,
      counterPeriodMaxerrorRateFracSec: 2n,
      timeSec: 0x6553f100n,
      timeFracSec: 1n << 63n,
      timeEsterrorNs: 100n,
      timeMaxerrorNs: 200n,
      vmGenerationCounter: 7n,
    });
  });

  test('keeps flags, states and ids that it does not know', () => {
    let bytes = patched(TIME_PAGE, 0x18, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    bytes = patched(bytes, 0x0a, [0x42, 0x99]);
    bytes = patched(bytes, 0x22, [250, 251]);
    bytes = patched(bytes, 0x26, [252]);
    expect(decode(bytes)).toMatchObject({
      counterId: 0x42,
      timeType: 0x99,
      flags: 0xffff_ffff_ffff_ffffn,
      clockStatus: 250,
      leapSecondSmearingHint: 251,
      leapIndicator: 252,
    });
  });

  test('takes the generation counter only with flag bit 8 and a size of 112: bit 7 is TIME_MONOTONIC', () => {
    const ofSize104 = patched(TIME_PAGE, 4, [104, 0]).subarray(0, 104);
    expect(decode(ofSize104).vmGenerationCounter).toBeUndefined();
    expect(decode(patched(TIME_PAGE, 4, [111, 0])).vmGenerationCounter).toBeUndefined();
    expect(decode(patched(TIME_PAGE, 4, [112, 0])).vmGenerationCounter).toBe(7n);
    expect(decode(patched(TIME_PAGE, 0x18, [0x80, 0x02])).vmGenerationCounter).toBeUndefined();
  });

  test('takes the generation counter from 0x68, not from the 0x64 of the published text', () => {
    expect(VMCLOCK_FIELDS.vm_generation_counter.offset).toBe(0x68);
    expect(decode(patched(FIRECRACKER_PAGE, 0x64, [1, 0, 0, 0, 2])).vmGenerationCounter).toBe(2n);
  });

  test('reads a page that lies inside a larger buffer', () => {
    const larger = new Uint8Array(400);
    larger.set(TIME_PAGE.subarray(0, 112), 33);
    expect(decode(larger.subarray(33, 33 + 112))).toEqual(decode(TIME_PAGE));
  });

  test.each([
    ['no bytes at all', new Uint8Array(0), 'too short', { bytes: 0, needed: 104 }],
    ['11 bytes', TIME_PAGE.subarray(0, 11), 'too short', { bytes: 11, needed: 104 }],
    ['103 bytes', TIME_PAGE.subarray(0, 103), 'too short', { bytes: 103, needed: 104 }],
    ['104 bytes that promise a generation', TIME_PAGE.subarray(0, 104), 'too short', { bytes: 104, needed: 112 }],
    ['zeros', new Uint8Array(4096), 'wrong magic', { magic: 0 }],
    ['a big-endian magic', dump('4b4c4356'), 'wrong magic', { magic: 0x56434c4b }],
    ['version 2', patched(QEMU_PAGE, 8, [2]), 'wrong version', { version: 2 }],
    ['version 0', patched(QEMU_PAGE, 8, [0]), 'wrong version', { version: 0 }],
    ['size 103', patched(QEMU_PAGE, 4, [103, 0]), 'wrong size', { size: 103 }],
    ['size 1 MiB + 1', patched(QEMU_PAGE, 4, [1, 0, 16, 0]), 'wrong size', { size: 1048577 }],
    [
      'the draft, sequence count 4',
      dump('56434c4b 0010 0100 0400000000000000'),
      'draft form',
      { size: 4096, version: 1 },
    ],
  ])('refuses %s', (_, bytes, kind, evidence) => {
    const error = fault(bytes);
    expect(error.kind).toBe(kind);
    expect(error.evidence).toEqual(evidence);
    expect(error.message).toContain(PATH);
  });

  test('accepts sizes of 104 bytes and 1 MiB', () => {
    expect(decode(patched(QEMU_PAGE, 4, [104, 0])).sizeBytes).toBe(104);
    expect(decode(patched(QEMU_PAGE, 4, [0, 0, 16, 0])).sizeBytes).toBe(1048576);
    expect(decode(patched(QEMU_PAGE, 4, [0, 0, 1, 0])).sizeBytes).toBe(65536);
  });

  test('says what is wrong in words', () => {
    expect(fault(dump('78563412')).message).toBe(
      '/dev/vmclock0: magic 0x12345678 is not VCLK: this is not a vmclock page',
    );
    expect(fault(dump('56434c4b 0010 0100 0400000000000000')).message).toContain('2024 draft');
  });

  test('gives a page or a typed error for any bytes', () => {
    const dice = new Dice(1);
    const kinds = new Map<string, number>();
    let wrong = 0;
    for (let run = 0; run < 60_000; run++) {
      const bytes = run % 2 === 0 ? randomBytes(dice) : mutated(dice);
      const result = decodeVmclockPage(bytes, PATH);
      const kind = result instanceof VmclockPageError ? result.kind : 'page';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (!(result instanceof VmclockPageError) && !comesBack(result, bytes)) wrong++;
    }
    expect(wrong).toBe(0);
    const expected = ['page', 'too short', 'wrong magic', 'wrong version', 'wrong size', 'draft form'];
    expect(new Set(kinds.keys())).toEqual(new Set(expected));
    expect(kinds.get('page')).toBeGreaterThan(1000);
  });

  test('reads back what encodeVmclockPage() wrote', () => {
    const dice = new Dice(2);
    for (let run = 0; run < 1000; run++) {
      const generation = run % 3 !== 0;
      const flags = generation ? dice.big() | 0x100n : dice.big() & ~0x100n;
      const { vmGenerationCounter, ...rest } = PLAIN_PAGE;
      const page: VmclockPage = {
        ...rest,
        sizeBytes: 112 + dice.below(1048576 - 112),
        counterId: dice.below(256),
        timeType: dice.below(256),
        seqCount: dice.next(),
        disruptionMarker: dice.big(),
        flags,
        clockStatus: dice.below(256),
        taiOffsetSec: dice.below(65536) - 32768,
        leapIndicator: dice.below(256),
        counterPeriodShift: dice.below(256),
        counterValue: dice.big(),
        counterPeriodFracSec: dice.big(),
        timeSec: dice.big(),
        timeFracSec: dice.big(),
        timeMaxerrorNs: dice.big(),
        ...(generation ? { vmGenerationCounter: dice.big() } : {}),
      };
      expect(decode(encodeVmclockPage(page))).toEqual(page);
    }
  });
});

/** Whether an accepted page is sane and encodes to the bytes it came from, padding aside. */
function comesBack(page: VmclockPage, bytes: Uint8Array): boolean {
  const again = Buffer.from(encodeVmclockPage(page));
  const original = Buffer.from(bytes.subarray(0, again.length));
  original.fill(0, 0x20, 0x22);
  if (page.vmGenerationCounter === undefined) original.fill(0, 0x68);
  return page.version === 1 && page.sizeBytes >= 104 && again.subarray(0, original.length).equals(original);
}

function randomBytes(dice: Dice): Uint8Array {
  return Uint8Array.from({ length: dice.below(160) }, () => dice.below(256));
}

/** A valid page with up to four bytes changed, half of them in the header, and sometimes cut. */
function mutated(dice: Dice): Uint8Array {
  const seeds = [QEMU_PAGE, FIRECRACKER_PAGE, TIME_PAGE];
  const bytes = Uint8Array.from((seeds[dice.below(3)] ?? QEMU_PAGE).subarray(0, 128));
  for (let i = dice.below(5); i > 0; i--) bytes[dice.below(2) === 0 ? dice.below(12) : dice.below(128)] = dice.below(4);
  return dice.below(4) === 0 ? bytes.subarray(0, dice.below(128)) : bytes;
}
