import { plot } from 'simple-ascii-chart';
import { formatSignedNs } from '../format-quantity.js';
import type { WatchPoint } from './watch-history.js';

const LABEL_WIDTH = 8;
/** The label, the axis, and the column that the library keeps free at the right. */
const MARGIN = LABEL_WIDTH + 2;
const SMALLEST_LIMIT_NS = 10;
/** 10000 s: what the label has room for. */
const LARGEST_LIMIT_NS = 1e13;
/** An outlier beyond so many medians is cut off, lest the rest become a flat line. */
const CUT_AT_MEDIANS = 4;

/** How many looks fit side by side. */
export function chartCapacity(columns: number): number {
  return Math.max(1, columns - MARGIN);
}

/**
 * The offset (●) and what it may be off by (│) over time, one column per look, the latest at the right. What is
 * beyond the scale is drawn as ▲ or ▼ at its edge. Pure.
 *
 * @param points at most chartCapacity(columns)
 * @param height in lines, >= 1
 */
export function watchChart(points: readonly WatchPoint[], columns: number, height: number): string[] {
  const width = chartCapacity(columns);
  const limitNs = scale(points);
  const lead = width - points.length;
  const sampleAt = (x: number) => points[x - lead]?.sample;
  const within = (ns: number) => Math.min(limitNs, Math.max(-limitNs, ns));
  const row = (ns: number) => Math.round(((limitNs - within(ns)) / (2 * limitNs)) * (height - 1));
  const coordinates = Array.from({ length: width }, (_, x): [number, number] => [
    x,
    within(sampleAt(x)?.offsetNs ?? 0),
  ]);
  const text = plot(coordinates, {
    width,
    height,
    yRange: [-limitNs, limitNs],
    customYAxisTicks: height < 3 ? [] : [-limitNs, 0, limitNs],
    formatter: (ns) => formatSignedNs(ns),
    hideXAxis: true,
    hideXAxisTicks: true,
    lineFormatter: ({ x, plotX, plotY }) => {
      const sample = sampleAt(x);
      if (sample === undefined) return [];
      const { offsetNs, boundNs } = sample;
      // The library gives the row of the offset; the bound's are counted from it.
      const rowOf = (ns: number) => plotY + row(ns) - row(offsetNs);
      const symbols = [];
      for (let y = rowOf(offsetNs + boundNs); y <= rowOf(offsetNs - boundNs); y++)
        symbols.push({ x: plotX, y, symbol: '│' });
      symbols.push({ x: plotX, y: plotY, symbol: Math.abs(offsetNs) <= limitNs ? '●' : offsetNs > 0 ? '▲' : '▼' });
      return symbols;
    },
  });
  // Around the plot the library draws the axis' arrow and its foot; its labels are as wide as they have to be.
  const lines = text.split('\n').filter((line) => line !== '');
  const indent = ' '.repeat(Math.max(0, LABEL_WIDTH - (lines[1] ?? '').search(/[┤│]/)));
  return lines.slice(1, 1 + height).map((line) => `${indent}${line}`.trimEnd());
}

/** The ends of the scale, ±ns: a 1, 2 or 5 with zeros that takes in what is usual. */
function scale(points: readonly WatchPoint[]): number {
  const sizes = points.flatMap(({ sample }) => (sample ? [Math.abs(sample.offsetNs) + sample.boundNs] : []));
  sizes.sort((a, b) => a - b);
  const median = sizes[sizes.length >> 1] ?? 0;
  const usual = Math.min(sizes.at(-1) ?? 0, CUT_AT_MEDIANS * median);
  const wanted = Math.min(LARGEST_LIMIT_NS, Math.max(SMALLEST_LIMIT_NS, usual));
  const decade = 10 ** Math.floor(Math.log10(wanted));
  return ([1, 2, 5, 10].find((step) => step * decade >= wanted) ?? 10) * decade;
}

/** The state at each look, under the chart's columns: where an epoch ended there is a ▼. Pure. */
export function watchTimeline(points: readonly WatchPoint[], columns: number): string {
  const marks = points.map(({ state, disrupted }) => (disrupted ? '▼' : STATE_MARKS[state])).join('');
  return `${'epochs'.padStart(LABEL_WIDTH)} ${' '.repeat(chartCapacity(columns) - points.length)}${marks}`;
}

const STATE_MARKS = { feeding: '─', recovering: 'r', holding: 'h', starting: 's', away: '×' } as const;
