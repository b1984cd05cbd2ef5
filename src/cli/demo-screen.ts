import type { Log } from '../daemon/log/log.js';
import type { DemoRow } from './demo-summary.js';
import { formatNs, formatSignedNs } from './format-quantity.js';
import { renderLines, type Tone, wantsColour } from './format-tone.js';

/** What the demo shows each second. */
export interface DemoLine {
  readonly second: number;
  /** The page's disruption marker. */
  readonly epoch: string;
  readonly state: string;
  /** True − system time as measured, ns. */
  readonly offsetNs: number | undefined;
  /** chronyd's reference: "VMCK" once it follows. */
  readonly chronyd: string;
  /** chronyd's estimate − the simulated truth, ns; undefined while it has none. */
  readonly chronydErrorNs: number | undefined;
  readonly sent: number;
  readonly wrong: number;
}

/** Where the demo prints. */
export interface DemoScreen {
  say(text: string, tone?: Tone): void;
  line(line: DemoLine): void;
  table(rows: readonly DemoRow[]): void;
}

const COLUMNS = [6, 7, 12, 15, 10, 18, 7, 7] as const;
const HEADINGS = ['time', 'marker', 'state', 'offset', 'chronyd', 'off the truth by', 'sent', 'wrong'] as const;
const LINES_PER_HEADING = 15;

/** Lines that scroll: they look the same in a terminal, over ssh and in a file. */
export function demoScreen(stream: NodeJS.WriteStream): DemoScreen {
  const colour = wantsColour(stream, process.env);
  let lines = 0;
  const say = (text: string, tone: Tone = 'plain'): void => {
    stream.write(renderLines([{ text, tone }], colour));
  };
  return {
    say,
    line: (line) => {
      if (lines % LINES_PER_HEADING === 0) say(columns(HEADINGS), 'dim');
      lines += 1;
      say(demoLineText(line), line.wrong > 0 ? 'bad' : 'plain');
    },
    table: (rows) => {
      const width = Math.max(...rows.map(({ what }) => what.length));
      say('');
      for (const { what, value, good } of rows) {
        const mark = good === undefined ? ' ' : good ? '✓' : '✗';
        say(`${mark} ${what.padEnd(width)}  ${value}`, good === undefined ? 'plain' : good ? 'good' : 'bad');
      }
    },
  };
}

/** One second of the demo as text. Pure. */
export function demoLineText(line: DemoLine): string {
  return columns([
    `${line.second} s`,
    line.epoch,
    line.state,
    line.offsetNs === undefined ? '-' : formatSignedNs(line.offsetNs),
    line.chronyd === '00000000' ? 'not yet' : line.chronyd,
    line.chronydErrorNs === undefined ? '-' : formatNs(Math.abs(line.chronydErrorNs)),
    `${line.sent}`,
    `${line.wrong}`,
  ]);
}

/** The daemon's own words, among the demo's lines. */
export function demoLog(screen: DemoScreen): Log {
  return {
    debug: () => {},
    info: (message) => screen.say(`· ${message}`, 'dim'),
    warn: (message) => screen.say(`! ${message}`, 'bad'),
    error: (message) => screen.say(`! ${message}`, 'bad'),
  };
}

function columns(cells: readonly string[]): string {
  return cells.map((cell, i) => cell.padStart(COLUMNS[i] ?? 0)).join(' ');
}
