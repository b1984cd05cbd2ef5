import type { ErrorPoint } from './trace.js';

/** One line of the picture. */
export interface PictureLine {
  readonly title: string;
  /** CSS colour. */
  readonly colour: string;
  readonly points: readonly ErrorPoint[];
}

const [WIDTH, HEIGHT] = [860, 500];
const [LEFT, RIGHT, TOP, BOTTOM] = [76, 24, 44, 56];
/** Both axes are logarithmic: seconds, and nanoseconds of |error|. */
const [FIRST_SECOND, LAST_SECOND] = [0.01, 100];
const [LEAST_NS, MOST_NS] = [1, 1e8];
/** Readings that fall into the same step of the picture are one point: the largest of them. */
const STEPS_PER_DECADE = 60;

/** |true error| of each stack over the time since the event, as an SVG document. */
export function picture(title: string, lines: readonly PictureLine[]): string {
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT + 22 * lines.length}" font-family="sans-serif" font-size="13" fill="#222">`,
    '<title>True error of the guest’s clock over the time since a disruption</title>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    text(LEFT, 24, title, 'font-size="16" font-weight="bold"'),
    ...secondsAxis(),
    ...errorAxis(),
    ...lines.map(({ colour, points }) => polyline(points, colour)),
    ...lines.flatMap(({ title: name, colour }, i) => legend(name, colour, HEIGHT + 22 * i)),
    '</svg>',
    '',
  ];
  return parts.join('\n');
}

function x(seconds: number): number {
  const part = Math.log(seconds / FIRST_SECOND) / Math.log(LAST_SECOND / FIRST_SECOND);
  return LEFT + Math.min(1, Math.max(0, part)) * (WIDTH - LEFT - RIGHT);
}

function y(ns: number): number {
  const part = Math.log(Math.max(LEAST_NS, ns) / LEAST_NS) / Math.log(MOST_NS / LEAST_NS);
  return HEIGHT - BOTTOM - Math.min(1, part) * (HEIGHT - TOP - BOTTOM);
}

function polyline(points: readonly ErrorPoint[], colour: string): string {
  const steps = new Map<number, number>();
  for (const { seconds, errorNs } of points) {
    if (seconds <= 0 || seconds > LAST_SECOND) continue;
    const step = Math.round(Math.log10(Math.max(seconds, FIRST_SECOND)) * STEPS_PER_DECADE);
    steps.set(step, Math.max(steps.get(step) ?? 0, Math.abs(errorNs)));
  }
  const path = [...steps].map(([step, ns]) => `${x(10 ** (step / STEPS_PER_DECADE)).toFixed(1)},${y(ns).toFixed(1)}`);
  return `<polyline fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round" points="${path.join(' ')}"/>`;
}

function secondsAxis(): string[] {
  const ticks = [0.01, 0.1, 1, 10, 100].flatMap((second) => [
    line(x(second), TOP, x(second), HEIGHT - BOTTOM),
    text(x(second), HEIGHT - BOTTOM + 18, `${second} s`, 'text-anchor="middle"'),
  ]);
  return [...ticks, text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, 'time since the disruption', 'text-anchor="middle"')];
}

function errorAxis(): string[] {
  const names = ['1 ns', '10 ns', '100 ns', '1 µs', '10 µs', '100 µs', '1 ms', '10 ms', '100 ms'];
  return names.flatMap((name, i) => [
    line(LEFT, y(10 ** i), WIDTH - RIGHT, y(10 ** i)),
    text(LEFT - 8, y(10 ** i) + 4, name, 'text-anchor="end"'),
  ]);
}

function legend(name: string, colour: string, top: number): string[] {
  return [
    `<line x1="${LEFT}" y1="${top}" x2="${LEFT + 28}" y2="${top}" stroke="${colour}" stroke-width="3"/>`,
    text(LEFT + 38, top + 4, name, ''),
  ];
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map((value) => value.toFixed(1));
  return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" stroke="#ddd"/>`;
}

function text(left: number, top: number, words: string, attributes: string): string {
  const escaped = words.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return `<text x="${left.toFixed(1)}" y="${top.toFixed(1)}" ${attributes}>${escaped}</text>`;
}
