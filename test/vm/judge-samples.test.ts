import { describe, expect, test } from '@jest/globals';
import type { ToldPage } from './hypervisor.js';
import { judgeSamples } from './judge-samples.js';
import type { RecordedSample } from './recorded-samples.js';
import { disrupted, nanosecondsAt, type TimeLine, timeLine } from './time-line.js';

const START = 1_700_000_000_000_000_000n;
const STEP_NS = 2_000_000;
/** A guest whose clock shows START + counter ns; true time agrees until it jumps at counter 10 ms, with page 4. */
const old = timeLine(0n, START, 1e9);
const told = new Map<number, ToldPage>([
  [2, { line: old, ppm: 0, marker: 1n, generation: 0n }],
  [4, { line: disrupted(old, 10_000_000n, STEP_NS, 0), ppm: 0, marker: 2n, generation: 0n }],
]);

function lineOf(seqCount: number): TimeLine {
  const page = told.get(seqCount);
  if (page === undefined) throw new Error(`no page ${seqCount}`);
  return page.line;
}

/** Taken at one instant under one page, arrived at another under another; instants in ns since the start. */
function sample(takenNs: bigint, takenPage: number, arrivedNs: bigint, arrivedSeqCount: number): RecordedSample {
  const inForce = arrivedSeqCount + (arrivedSeqCount % 2);
  return {
    stampNs: START + takenNs,
    offsetNs: Number(nanosecondsAt(lineOf(takenPage), takenNs) - START - takenNs),
    leap: 0,
    arrivedSeqCount,
    truth: {
      deviceNs: nanosecondsAt(lineOf(inForce), arrivedNs),
      realtimeNs: START + arrivedNs,
      monotonicRawNs: arrivedNs,
      marker: told.get(inForce)?.marker ?? 0n,
      seqCount: inForce,
    },
  };
}

function judge(samples: readonly RecordedSample[], noticedNs?: bigint) {
  const notices = noticedNs === undefined ? [] : [{ realtimeNs: START + noticedNs, marker: 2n, generation: 0n }];
  const verdict = judgeSamples(samples, { shiftSeconds: 0, limitNs: 1000, told, notices });
  return { right: verdict.right, inLastStep: verdict.inLastStep.length, wrong: verdict.wrong.length };
}

const before = sample(1_000_000n, 2, 2_000_000n, 2);
const straddling = sample(9_000_000n, 2, 11_000_000n, 4);

describe('judgeSamples()', () => {
  test('takes samples of the page they arrive under for right', () => {
    expect(judge([before, sample(12_000_000n, 4, 13_000_000n, 4)], 14_000_000n)).toEqual({
      right: 2,
      inLastStep: 0,
      wrong: 0,
    });
  });

  test('counts the first of the old page as left in the last step when the daemon notices afterwards', () => {
    expect(judge([before, straddling], 14_000_000n)).toEqual({ right: 1, inLastStep: 1, wrong: 0 });
  });

  test('says the same when it arrives while the page is odd', () => {
    expect(judge([before, { ...straddling, arrivedSeqCount: 3 }], 14_000_000n).inLastStep).toBe(1);
  });

  test('calls a second one wrong', () => {
    const second = sample(9_500_000n, 2, 12_000_000n, 4);
    expect(judge([before, straddling, second], 14_000_000n)).toEqual({ right: 1, inLastStep: 1, wrong: 1 });
  });

  test('calls it wrong when the daemon had noticed before', () => {
    expect(judge([before, straddling], 8_000_000n)).toEqual({ right: 1, inLastStep: 0, wrong: 1 });
  });

  test('calls it wrong when the daemon never notices', () => {
    expect(judge([before, straddling])).toEqual({ right: 1, inLastStep: 0, wrong: 1 });
  });

  test('calls it wrong when it is off under the page before, too', () => {
    const off = { ...straddling, offsetNs: straddling.offsetNs + 5000 };
    expect(judge([before, off], 14_000_000n)).toEqual({ right: 1, inLastStep: 0, wrong: 1 });
  });
});
