/**
 * Child process of vmclock-torn.test.ts: takes snapshots of the page that vmclock-hammer.ts writes, and reports what it
 * saw. A process of its own because jest makes every access to a global, such as Atomics, cost some 300 ns, and so few
 * snapshots would meet an update.
 */
import { closeSync, openSync } from 'node:fs';
import { mapReadOnly } from '../../src/ioctl/libc.js';
import type { VmclockPage } from '../../src/ioctl/vmclock-page.js';
import { VmclockSeqlock } from '../../src/ioctl/vmclock-seqlock.js';

/** Shorter than the default: a hammer that was put off its CPU while odd costs us less waiting. */
const DEADLINE_NS = 20_000n;

/** Equal snapshots in a row after which the hammer is taken to wait for this very CPU. */
const MAX_EQUAL = 150;

/** What the reader found. */
export interface TornReport {
  readonly settled: number;
  readonly unsettled: number;
  /** Snapshots whose fields do not belong together. */
  readonly torn: number;
  /** Snapshots that differed from the one before. */
  readonly changes: number;
}

/** Whether all fields come from the one number that the hammer made them from. */
function isWhole(page: VmclockPage): boolean {
  const n = page.disruptionMarker;
  const small = Number(n & 0x7fn);
  return (
    page.seqCount === Number(BigInt.asUintN(32, 2n * n)) &&
    page.flags === BigInt.asUintN(64, (n << 32n) | 0x100n) &&
    page.clockStatus === small &&
    page.leapSecondSmearingHint === small &&
    page.taiOffsetSec === small * 257 &&
    page.leapIndicator === small &&
    page.counterPeriodShift === small &&
    page.counterValue === n &&
    page.counterPeriodFracSec === n &&
    page.counterPeriodEsterrorRateFracSec === n &&
    page.counterPeriodMaxerrorRateFracSec === n &&
    page.timeSec === n &&
    page.timeFracSec === n &&
    page.timeEsterrorNs === n &&
    page.timeMaxerrorNs === n &&
    page.vmGenerationCounter === n
  );
}

function takeSnapshots(path: string, wanted: number): TornReport {
  const fd = openSync(path, 'r');
  const mapping = mapReadOnly(fd, 4096, path);
  closeSync(fd);
  const seqlock = new VmclockSeqlock(mapping.buffer, path, process.hrtime.bigint, DEADLINE_NS);
  const nap = new Int32Array(new SharedArrayBuffer(4));
  let [settled, unsettled, torn, changes, equal] = [0, 0, 0, 0, 0];
  let last: bigint | undefined;
  while (settled < wanted) {
    const look = seqlock.snapshot();
    if (look.kind === 'unreadable') throw look.error;
    if (look.kind === 'unsettled') {
      unsettled++;
      Atomics.wait(nap, 0, 0, 0.05);
      continue;
    }
    settled++;
    if (!isWhole(look.page)) torn++;
    equal = look.page.disruptionMarker === last ? equal + 1 : 0;
    last = look.page.disruptionMarker;
    if (equal === 0) changes++;
    if (equal % MAX_EQUAL === MAX_EQUAL - 1) Atomics.wait(nap, 0, 0, 0.05);
  }
  return { settled, unsettled, torn, changes };
}

const [, , path, wanted] = process.argv;
if (path === undefined || process.send === undefined) throw new Error('to be forked with a path and a number');
process.send(takeSnapshots(path, Number(wanted)));
