import { describe, expect, test } from '@jest/globals';
import { figuresOf, isFalse, secondsUntil } from './figures.js';
import { picture } from './picture.js';
import { type ErrorPoint, parseTrace } from './trace.js';

/** Ten readings a second. */
function errors(seconds: number, errorNs: (second: number) => number): ErrorPoint[] {
  return Array.from({ length: seconds * 10 }, (_, i) => ({ seconds: (i + 1) / 10, errorNs: errorNs((i + 1) / 10) }));
}

describe('secondsUntil()', () => {
  test('is the first of ten seconds below the limit, whatever came before', () => {
    const curve = errors(60, (s) => (s < 2 ? 5000 : s < 4 ? 10 : s < 6 ? -3000 : 10));
    expect(secondsUntil(curve, 1000)).toBeCloseTo(6, 5);
  });

  test('is Infinity where the error does not stay below', () => {
    expect(
      secondsUntil(
        errors(30, (s) => (s % 5 < 1 ? 2000 : 0)),
        1000,
      ),
    ).toBe(Number.POSITIVE_INFINITY);
  });

  test('is 0 where the error never was above', () => {
    expect(
      secondsUntil(
        errors(30, () => 7),
        1000,
      ),
    ).toBe(0);
  });

  test('counts a negative error like a positive one', () => {
    expect(
      secondsUntil(
        errors(30, (s) => (s < 3 ? -2000 : 0)),
        1000,
      ),
    ).toBeCloseTo(3, 5);
  });
});

describe('isFalse()', () => {
  const curve = errors(10, (s) => (s < 5 ? 0 : 3000));
  const claimed = { offsetNs: 0, boundNs: 1000 };

  test('is true where the truth was outside the bound all the while', () => {
    expect(isFalse({ askedSeconds: 6, seconds: 6.3, claimed }, curve)).toBe(true);
  });

  test('gives the benefit of the doubt to a claim that was right when it was asked for', () => {
    expect(isFalse({ askedSeconds: 4.8, seconds: 6.3, claimed }, curve)).toBe(false);
  });

  test('takes the claimed offset into account', () => {
    expect(isFalse({ askedSeconds: 6, seconds: 6.3, claimed: { offsetNs: 2500, boundNs: 1000 } }, curve)).toBe(false);
  });

  test('finds no fault where nothing is claimed', () => {
    expect(isFalse({ askedSeconds: 6, seconds: 6.3, claimed: undefined }, curve)).toBe(false);
  });
});

const TEXT = [
  '# watching',
  'T 1000000000 37000000005 74000000000 1',
  'C 1000000000 1050000000 3 00000000 0 1 1 0 0',
  'T 1100000000 37100000000 74100000000 1',
  'C 1100000000 1150000000 0 564d434b 0.000001 0.000002 0.000003 0 0',
  'T 1200000000 37210000000 74200000000 2',
  'C 1250000000 1300000000 3 00000000 0 1 1 0 0',
  'T 1500000000 37500000000 74500000000 2',
  'C 1550000000 1600000000 0 564d434b 0.000001 0.000002 0.000003 0 0',
  '# done',
].join('\n');

describe('parseTrace()', () => {
  const trace = parseTrace(TEXT, -37);

  test('puts the event at the last reading under the old marker', () => {
    expect(trace.errors.map(({ seconds }) => seconds)).toEqual([-0.1, 0, 0.1, 0.4]);
    expect(trace.eventWithinSeconds).toBeCloseTo(0.1, 9);
  });

  test('gives errors as true − system time with the whole seconds taken off', () => {
    expect(trace.errors.map(({ errorNs }) => errorNs)).toEqual([5, 0, 10_000_000, 0]);
  });

  test('takes chronyd to claim |offset| + dispersion + delay / 2, and nothing while unsynchronised', () => {
    expect(trace.chronyd.map(({ claimed }) => claimed?.boundNs.toFixed(3))).toEqual([
      undefined,
      '5000.000',
      undefined,
      '5000.000',
    ]);
  });

  test('refuses a recording without an event', () => {
    expect(() => parseTrace('T 1 2 3 1\nT 2 3 4 1', 0)).toThrow(/not among the 2 readings/);
  });
});

test('figuresOf() counts unsynchronised and false seconds from the event on', () => {
  const figures = figuresOf(parseTrace(TEXT, -37));
  expect(figures.unsynchronisedSeconds).toBeCloseTo(0.35, 9);
  expect(figures.falseChronydSeconds).toBe(0);
  expect(figures.peakNs).toBe(10_000_000);
  expect(figures.grewNs).toBe(0);
  expect(figures.falseStatusSeconds).toBeNaN();
});

describe('picture()', () => {
  const svg = picture('a < b', [{ title: 'c & d', colour: 'red', points: errors(50, (s) => 1e6 / s) }]);

  test('escapes what it is given', () => {
    expect(svg).toContain('a &lt; b');
    expect(svg).toContain('c &amp; d');
  });

  test('draws a falling error from left to right and downwards', () => {
    const points = (/points="([^"]*)"/.exec(svg)?.[1] ?? '').split(' ').map((pair) => pair.split(',').map(Number));
    expect(points.length).toBeGreaterThan(50);
    const [xs, ys] = [points.map(([x = 0]) => x), points.map(([, y = 0]) => y)];
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
    expect(ys).toEqual([...ys].sort((a, b) => a - b));
  });
});
