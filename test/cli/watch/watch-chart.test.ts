import { describe, expect, test } from '@jest/globals';
import { chartCapacity, watchChart, watchTimeline } from '../../../src/cli/watch/watch-chart.js';
import type { WatchPoint } from '../../../src/cli/watch/watch-history.js';

function points(...samples: readonly (readonly [offsetNs: number, boundNs: number] | undefined)[]): WatchPoint[] {
  return samples.map((sample, atSeconds) => ({
    atSeconds,
    state: 'feeding',
    sample: sample && { offsetNs: sample[0], boundNs: sample[1] },
    disrupted: false,
  }));
}

describe('watchChart()', () => {
  test('draws an offset where it is, and its bound around it', () => {
    const looks = points([100, 0], [0, 50], undefined, [-50, 50], [-100, 0]);
    expect(watchChart(looks, 15, 5)).toEqual([
      ' +100 ns┤●',
      '        │ │',
      '    0 ns┤ ● │',
      '        │ │ ●',
      ' -100 ns┤   │●',
    ]);
  });

  test('has the latest look at the right', () => {
    expect(watchChart(points([0, 1]), 20, 3)[1]).toBe(`    0 ns┤${' '.repeat(9)}●`);
  });

  test('cuts off an outlier, so that the rest can be seen', () => {
    const usual = Array.from({ length: 9 }, (_, i): [number, number] => [i % 2 === 0 ? 80 : -80, 0]);
    const lines = watchChart(points([1e9, 5], [-1e9, 5], ...usual), 21, 9);
    expect(lines[0]).toMatch(/^ \+500 ns┤▲/);
    expect(lines[8]).toMatch(/^ -500 ns┤ ▼/);
    expect(lines.filter((line) => line.includes('●'))).toHaveLength(2);
  });

  test.each([
    [0, 0],
    [1, 1e300],
    [-Number.MAX_VALUE, Number.MAX_VALUE],
    [1e-30, 0],
  ])('draws ±%d, bound %d within its height and width', (offsetNs, boundNs) => {
    const looks = points(...Array.from({ length: chartCapacity(30) }, () => [offsetNs, boundNs] as const));
    const lines = watchChart(looks, 30, 7);
    expect(lines).toHaveLength(7);
    for (const line of lines) expect([line.length <= 30, line.search(/[┤│]/)]).toEqual([true, 8]);
  });
});

describe('watchTimeline()', () => {
  test('stands under the columns of the chart', () => {
    const looks = points([0, 1], [0, 1], [0, 1]).map((point, i) => ({ ...point, disrupted: i === 1 }));
    const chart = watchChart(looks, 20, 3)[1] ?? '';
    expect(watchTimeline(looks, 20)).toBe('  epochs        ─▼─');
    expect(chart.lastIndexOf('●')).toBe(watchTimeline(looks, 20).length - 1);
  });
});
