import { formatDuration, formatNs, formatSignedNs } from '../format-quantity.js';
import { chronydRows, disruptionRows, formatRow, LABEL_WIDTH } from '../format-status.js';
import { printable } from '../format-text.js';
import type { Tone, ToneLine } from '../format-tone.js';
import { statusVerdict } from '../status-verdict.js';
import { cut, narrow, wrap } from './fit-text.js';
import { chartCapacity, watchChart, watchTimeline } from './watch-chart.js';
import type { WatchHistory, WatchPoint } from './watch-history.js';

/** What a frame is drawn for. */
export interface FrameArguments {
  readonly columns: number;
  readonly rows: number;
  readonly nowSeconds: number;
  /** What the last line says. */
  readonly footer: string;
}

const HIGHEST_CHART = 21;
const LOWEST_CHART = 3;
const MOST_EVENTS = 10;
const MOST_LINES_EACH = 2;

/**
 * The screen: the verdict, the offset over time, the epochs, chronyd, the last disruption and events, and a footer.
 * Never more lines than rows, no line wider than columns. Pure.
 */
export function watchFrame(history: WatchHistory, { columns, rows, nowSeconds, footer }: FrameArguments): ToneLine[] {
  const verdict = verdictLine(history, nowSeconds);
  const head = wrap(narrow(verdict.text), columns, rows < 6 ? 1 : 2).map((text) => ({ text, tone: verdict.tone }));
  const foot: ToneLine = { text: cut(narrow(printable(footer)), columns), tone: 'dim' };
  const room = rows - head.length - 1;
  if (room < 1) return head.slice(0, rows);
  const details = detailLines(history, nowSeconds).flatMap((line) => continued(line, columns));
  const body: ToneLine[] = [];
  const height = Math.min(HIGHEST_CHART, Math.max(LOWEST_CHART, Math.floor(room * 0.4) | 1));
  // Title, chart and epochs: all or nothing.
  if (room >= height + 2 && columns >= 24) {
    if (room > height + 2 + details.length) body.push(EMPTY);
    const points = history.points.slice(-chartCapacity(columns));
    body.push({ text: chartTitle(points), tone: 'plain' });
    for (const text of watchChart(points, columns, height)) body.push({ text, tone: 'plain' });
    body.push({ text: watchTimeline(points, columns), tone: 'dim' });
    if (room > body.length + details.length) body.push(EMPTY);
  }
  body.push(...details.slice(0, room - body.length));
  while (body.length < room) body.push(EMPTY);
  const fitted = body.map(({ text, tone }) => ({ text: cut(narrow(text), columns), tone }));
  return [...head, ...fitted, foot];
}

/** A long line goes on under its text; on a narrow screen it is cut. */
function continued({ text, tone }: ToneLine, columns: number): ToneLine[] {
  const indent = ' '.repeat(LABEL_WIDTH);
  if (columns < 4 * LABEL_WIDTH) return [{ text, tone }];
  const [first = '', ...rest] = wrap(narrow(text.slice(LABEL_WIDTH)), columns - LABEL_WIDTH, MOST_LINES_EACH);
  return [{ text: text.slice(0, LABEL_WIDTH) + first, tone }, ...rest.map((line) => ({ text: indent + line, tone }))];
}

const EMPTY: ToneLine = { text: '', tone: 'plain' };

function verdictLine({ last, error }: WatchHistory, nowSeconds: number): ToneLine {
  if (error !== '') {
    const since = last === undefined ? '' : ` for ${formatDuration(nowSeconds - last.atSeconds)}`;
    return { text: `The daemon is away${since}: ${printable(error)}`, tone: 'bad' };
  }
  if (last === undefined) return { text: 'Asking the daemon.', tone: 'plain' };
  const { trusted, sentence } = statusVerdict(last.status);
  return { text: sentence, tone: trusted ? 'good' : 'bad' };
}

function chartTitle(points: readonly WatchPoint[]): string {
  const span = (points.at(-1)?.atSeconds ?? 0) - (points[0]?.atSeconds ?? 0);
  const offsets = points.flatMap(({ sample }) => (sample === undefined ? [] : [sample.offsetNs]));
  const worst = offsets.reduce((most, ns) => (Math.abs(ns) > Math.abs(most) ? ns : most), 0);
  const now = points.at(-1)?.sample;
  const values = [
    now === undefined ? 'no sample now' : `now ${formatSignedNs(now.offsetNs)} ± ${formatNs(now.boundNs)}`,
    ...(offsets.length === 0 ? [] : [`worst ${formatSignedNs(worst)}`]),
  ];
  return `Offset, last ${formatDuration(Math.round(span))}: ${values.join(', ')}`;
}

/** The most telling first: what does not fit is left out from the end. */
function detailLines({ last, error }: WatchHistory, nowSeconds: number): ToneLine[] {
  if (last === undefined) return [];
  const { status } = last;
  const lines = [...chronydRows(status), ...disruptionRows(status)].map(formatRow);
  const events = status.events.slice(-MOST_EVENTS).reverse();
  const sinceSeconds = nowSeconds - last.atSeconds;
  for (const [i, { kind, message, agoSeconds }] of events.entries()) {
    const ago = `${formatDuration(Math.round(agoSeconds + sinceSeconds))} ago`;
    lines.push(formatRow({ label: i === 0 ? 'Events' : '', text: `${ago}, ${kind}: ${message}` }));
  }
  if (error === '') return lines;
  const old: Tone = 'dim';
  return lines.map(({ text }) => ({ text, tone: old }));
}
