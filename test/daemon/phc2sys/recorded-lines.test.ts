import { describe, expect, test } from '@jest/globals';
import { wholeNumber } from '../../../src/daemon/phc2sys/c-format.js';
import { type ServoState, sampleLine } from '../../../src/daemon/phc2sys/sample-line.js';
import { summaryLine } from '../../../src/daemon/phc2sys/summary-line.js';
import { textLine } from '../../../src/daemon/phc2sys/text-line.js';
import { RECORDED_SAMPLES, RECORDED_SUMMARIES, RECORDED_TEXTS } from './recorded-lines.js';

const STATES: Readonly<Record<string, ServoState>> = { '0': 0, '1': 1, '2': 2, '3': 3 };

/** Every number of a line, as written. The time stamp is ns. */
function numbersOf(line: string): { monotonicNs: bigint; rest: readonly string[] } {
  const [, seconds = '', ms = '', text = ''] = /^phc2sys\[(\d+)\.(\d{3})\]: (.*)$/.exec(line) ?? [];
  const rest = text.match(/(?<![a-z])-?\d+|(?<=s)\d(?= freq)/g) ?? [];
  return { monotonicNs: BigInt(seconds) * 1_000_000_000n + BigInt(ms) * 1_000_000n + 999_999n, rest };
}

describe('lines of a real phc2sys come out as they went in, byte by byte', () => {
  test.each(RECORDED_SAMPLES)('%s', (line) => {
    const { monotonicNs, rest } = numbersOf(line);
    const [offset = '', state = '', frequency = '', delay] = rest;
    const printed = sampleLine({
      monotonicNs,
      offsetNs: BigInt(offset),
      state: STATES[state] ?? 3,
      frequencyPpb: Number(frequency),
      delayNs: delay === undefined ? undefined : Number(delay),
    });
    expect(printed).toBe(line);
  });

  test.each(RECORDED_SUMMARIES)('%s', (line) => {
    const { monotonicNs, rest } = numbersOf(line);
    const [rms = 0, max = 0, mean = 0, deviation = 0, delay, delayDeviation = 0] = rest.map(Number);
    const printed = summaryLine({
      monotonicNs,
      rmsNs: rms,
      maxNs: max,
      frequencyPpb: { mean, deviation },
      delayNs: delay === undefined ? undefined : { mean: delay, deviation: delayDeviation },
    });
    expect(printed).toBe(line);
  });

  test.each(RECORDED_TEXTS)('%s', (line) => {
    expect(textLine(numbersOf(line).monotonicNs, line.replace(/^.*?\]: /, ''))).toBe(line);
  });

  test('the record has what is to be shown', () => {
    const all = RECORDED_SAMPLES.join('\n');
    for (const state of ['s0', 's1', 's2']) expect(all).toContain(` ${state} freq`);
    expect(all).toMatch(/offset -\d{16} s/);
    expect(all).toMatch(/freq [+]100000000 delay/);
    expect(all).toMatch(/freq {6}-0 delay/);
    expect(all).toMatch(/delay {3}\d{4}$/m);
    expect(RECORDED_SUMMARIES.join('\n')).toMatch(/rms \d{11} max \d{11} freq/);
  });
});

const MINIMAL = { monotonicNs: 5_006_999_999n, delayNs: undefined } as const;

describe('what no PHC gives', () => {
  test('a line whose delay is not known ends before it', () => {
    expect(sampleLine({ ...MINIMAL, offsetNs: 7n, state: 3, frequencyPpb: 1.5 })).toBe(
      'phc2sys[5.006]: CLOCK_REALTIME phc offset         7 s3 freq      +2',
    );
    const frequencyPpb = { mean: -1234567, deviation: 1234 };
    expect(summaryLine({ ...MINIMAL, rmsNs: 7.2, maxNs: 99, frequencyPpb })).toBe(
      'phc2sys[5.006]: CLOCK_REALTIME rms    7 max   99 freq -1234567 +/- 1234',
    );
  });
});

describe('wholeNumber()', () => {
  test.each([
    [0.5, '0'],
    [1.5, '2'],
    [2.5, '2'],
    [-0.5, '-0'],
    [-2.5, '-2'],
    [-0, '-0'],
    [0.49, '0'],
    [1e21, '1000000000000000000000'],
  ])('%d is %s, as C rounds and signs', (value, text) => {
    expect(wholeNumber(value, 1)).toBe(text);
  });

  test('a plus is for what is not negative', () => {
    expect([0, 5, -5, -0.2].map((value) => wholeNumber(value, 4, '+'))).toEqual(['  +0', '  +5', '  -5', '  -0']);
  });
});
