import { textLine } from '../phc2sys/text-line.js';
import type { LogFields, LogFormat, LogLevel, LogValue } from './log.js';

/** syslog(3) priorities, as journald reads them from the start of a line (sd-daemon(3)). */
const PRIORITY: Readonly<Record<LogLevel, number>> = { debug: 7, info: 6, warn: 4, error: 3 };

/** One line of text with its newline: `<6>message (key value, key value)`, or with the time of day in front for a terminal. */
export function formatLine(
  format: Exclude<LogFormat, 'json'>,
  level: LogLevel,
  message: string,
  fields: LogFields,
  now: Date,
  monotonicNs: bigint = process.hrtime.bigint(),
): string {
  const named = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${showField(value)}`);
  const rest = named.length === 0 ? '' : ` (${named.join(', ')})`;
  const text = oneLine(message + rest);
  if (format === 'journald') return `<${PRIORITY[level]}>${text}\n`;
  if (format === 'phc2sys') return `${textLine(monotonicNs, text)}\n`;
  return `${now.toISOString().slice(11, 23)} ${level.padEnd(5)} ${text}\n`;
}

function showField(value: LogValue): string {
  if (value instanceof Error) return value.message;
  if (Array.isArray(value)) return value.join(' ');
  return String(value);
}

/** Newlines and other control characters escaped: nothing from outside can forge a line or a priority. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (c) =>
    c === '\n' ? '\\n' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
