import { printable } from '../format-text.js';
import { paint, type Tone } from '../format-tone.js';
import { wrapText } from '../wrap-text.js';
import type { Finding, Level } from './finding.js';
import { summarise } from './summarise.js';

/** Problems first, as they are what somebody is here for. */
const ORDER: readonly Level[] = ['FAIL', 'WARN', 'OK', 'SKIP'];
const MARKS: Readonly<Record<Level, string>> = { FAIL: 'FAIL', WARN: 'WARN', OK: 'OK', SKIP: '-' };
const TONES: Readonly<Record<Level, Tone>> = { FAIL: 'bad', WARN: 'warn', OK: 'good', SKIP: 'dim' };

const MARK_WIDTH = 6;
const NAME_WIDTH = 18;
const LABEL_WIDTH = 10;
/** Longer lines are hard to read. */
const WIDEST = 120;
/** Narrower columns are harder to read than lines that the terminal breaks. */
const NARROWEST = 20;

/**
 * Findings for eyes: a line per check, and for those that ask for something to be done what, and why. The last line sums up.
 *
 * @param columns of the terminal
 */
export function formatDoctor(findings: readonly Finding[], columns: number, colour: boolean): string {
  const width = Math.min(columns, WIDEST);
  const put = (text: string, tone: Tone) => (colour ? paint(text, tone) : text);
  const sorted = ORDER.map((level) => findings.filter((finding) => finding.level === level));
  const blocks = sorted.map((list) => list.flatMap((finding) => findingLines(finding, width, put)));
  const [failed = [], warned = [], ...rest] = blocks;
  const lines = [failed, warned, rest.flat()].flatMap((block) => (block.length === 0 ? [] : [...block, '']));
  return [...lines, ...summaryLines(findings, width, put), ''].join('\n');
}

type Put = (text: string, tone: Tone) => string;

function findingLines({ level, name, value, expected, why, remedy }: Finding, width: number, put: Put): string[] {
  const indent = MARK_WIDTH + NAME_WIDTH;
  const quiet = level === 'SKIP';
  const [first = '', ...more] = wrapped(value, width - indent);
  const head = put(MARKS[level].padEnd(MARK_WIDTH), TONES[level]);
  const text = (line: string) => (quiet ? put(line, 'dim') : line);
  const lines = [
    `${head}${text(`${printable(name).padEnd(NAME_WIDTH)}${first}`)}`,
    ...more.map((line) => text(`${' '.repeat(indent)}${line}`)),
  ];
  if (level === 'OK' || quiet) return lines;
  return [
    ...lines,
    ...detail('expected', expected, width, (line) => put(line, 'dim')),
    ...detail('why', why, width, (line) => put(line, 'dim')),
    ...(remedy === '' ? [] : detail('mend', remedy, width, (line) => line)),
  ];
}

function detail(label: string, text: string, width: number, put: (line: string) => string): string[] {
  return wrapped(text, width - MARK_WIDTH - LABEL_WIDTH).map((line, index) => {
    const start = index === 0 ? `${label}:` : '';
    return put(`${' '.repeat(MARK_WIDTH)}${start.padEnd(LABEL_WIDTH)}${line}`);
  });
}

function summaryLines(findings: readonly Finding[], width: number, put: Put): string[] {
  const { verdict, counts } = summarise(findings);
  const names = (level: Level) => findings.filter((finding) => finding.level === level).map(({ name }) => name);
  const named = (level: Level, noun: string) =>
    counts[level] === 0
      ? []
      : [`${counts[level]} ${noun}${counts[level] === 1 ? '' : 's'}: ${names(level).join(', ')}`];
  const parts = [...named('FAIL', 'problem'), ...named('WARN', 'warning')];
  const text = parts.length === 0 ? `All is well: ${counts.OK} checks.` : `${parts.join('; ')}.`;
  const lines = wrapped(text, width).map((line) => put(line, TONES[verdict]));
  const unseen = findings.filter(({ level, remedy }) => level === 'SKIP' && remedy === 'ask as root').length;
  if (unseen === 0) return lines;
  const note = `${unseen} ${unseen === 1 ? 'check' : 'checks'} could not see enough: ask as root.`;
  return [...lines, ...wrapped(note, width)];
}

function wrapped(text: string, width: number): string[] {
  return wrapText(printable(text), Math.max(width, NARROWEST));
}
