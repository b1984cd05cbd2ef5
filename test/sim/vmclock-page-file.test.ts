import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeVmclockPage } from '../../src/ioctl/vmclock-decode.js';
import { encodeVmclockPage } from '../../src/sim/encode-vmclock-page.js';
import { VmclockPageFile } from '../../src/sim/vmclock-page-file.js';
import { PLAIN_PAGE, TIME_PAGE } from '../ioctl/vmclock-pages.js';
import { scratchDirectory } from '../ioctl/vmclock-scratch.js';

let scratch: ReturnType<typeof scratchDirectory>;
let file: VmclockPageFile;

beforeEach(() => {
  scratch = scratchDirectory();
  file = new VmclockPageFile(scratch.file('vmclock0'), PLAIN_PAGE);
});

afterEach(() => {
  file.close();
  scratch.remove();
});

const onDisk = () => decodeVmclockPage(readFileSync(file.path), file.path);

describe('encodeVmclockPage()', () => {
  test('gives the bytes of a page laid out by hand', () => {
    const page = decodeVmclockPage(TIME_PAGE, 'x');
    if (page instanceof Error) throw page;
    expect(Buffer.from(encodeVmclockPage(page)).equals(TIME_PAGE.subarray(0, 112))).toBe(true);
  });

  test('gives 104 bytes for a page of 104', () => {
    expect(encodeVmclockPage({ ...PLAIN_PAGE, sizeBytes: 104 })).toHaveLength(104);
  });

  test.each([
    { seqCount: 2 ** 32 },
    { clockStatus: 256 },
    { version: -1 },
    { counterPeriodShift: 1.5 },
    { taiOffsetSec: 32768 },
    { disruptionMarker: 1n << 64n },
    { timeSec: -1n },
  ])('refuses %p', (fields) => {
    expect(() => encodeVmclockPage({ ...PLAIN_PAGE, ...fields })).toThrow(RangeError);
  });
});

describe('VmclockPageFile', () => {
  test('is one page of 4096 bytes with the initial page', () => {
    expect(readFileSync(file.path)).toHaveLength(4096);
    expect(onDisk()).toEqual(PLAIN_PAGE);
  });

  test('update() moves the sequence count by 2, and is odd with the new fields in between', () => {
    let between: unknown;
    file.update(
      { disruptionMarker: 5n, timeSec: 6n },
      {
        pauseWhileOdd: () => {
          between = onDisk();
        },
      },
    );
    expect(between).toMatchObject({ seqCount: 11, disruptionMarker: 5n, timeSec: 6n });
    expect(onDisk()).toEqual({ ...PLAIN_PAGE, seqCount: 12, disruptionMarker: 5n, timeSec: 6n });
    expect(file.page).toEqual(onDisk());
  });

  test('beginUpdate() leaves the old fields, endUpdate() writes the new ones', () => {
    file.beginUpdate();
    expect(onDisk()).toEqual({ ...PLAIN_PAGE, seqCount: 11 });
    file.endUpdate({ disruptionMarker: 5n });
    expect(onDisk()).toEqual({ ...PLAIN_PAGE, seqCount: 12, disruptionMarker: 5n });
  });

  test('wraps the sequence count round 32 bits', () => {
    file.close();
    file = new VmclockPageFile(file.path, { ...PLAIN_PAGE, seqCount: 0xffff_fffe });
    file.update({});
    expect(onDisk()).toMatchObject({ seqCount: 0 });
  });

  test('refuses two updates at once, the end of none, and a write after close()', () => {
    expect(() => file.endUpdate()).toThrow('no update is under way');
    file.beginUpdate();
    expect(() => file.beginUpdate()).toThrow('under way already');
    file.endUpdate();
    file.close();
    file.close();
    expect(() => file.update({})).toThrow('closed');
  });
});
