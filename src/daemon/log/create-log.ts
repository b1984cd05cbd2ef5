import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { pino } from 'pino';
import { chooseFormat } from './choose-format.js';
import { formatLine } from './format-line.js';
import type { AdjustableLog, LogFields, LogFormat, LogLevel, LogValue } from './log.js';
import { type LineWriter, stderrWriter } from './stderr-writer.js';
import { stdoutWriter } from './stdout-writer.js';

/** How the daemon's log is made. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'auto' | LogFormat;
  /** stderr (stdout in phc2sys's format), except in tests. */
  readonly writer?: LineWriter;
}

/** The daemon's log: pino, synchronous on stderr, without a worker thread. */
export function createLog(options: LogOptions): AdjustableLog {
  const format = chooseFormat(options.format, stderrFacts());
  const writer = options.writer ?? (format === 'phc2sys' ? stdoutWriter() : stderrWriter());
  const logger =
    format === 'json'
      ? pino({ level: options.level, formatters: { level: (label) => ({ level: label }) }, base: null }, writer)
      : pino({ level: options.level }, new TextDestination(writer, format));
  return {
    debug: (message, fields) => logger.debug(plainFields(fields), message),
    info: (message, fields) => logger.info(plainFields(fields), message),
    warn: (message, fields) => logger.warn(plainFields(fields), message),
    error: (message, fields) => logger.error(plainFields(fields), message),
    setLevel(level) {
      logger.level = level;
    },
  };
}

const LEVELS: Readonly<Record<number, LogLevel>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };

/** Makes text of what pino hands over beside its JSON line (pino's `metadata` protocol for destinations). */
class TextDestination {
  readonly [pino.symbols.needsMetadataGsym] = true as const;
  lastLevel = 30;
  lastMsg = '';
  lastObj: LogFields = {};
  lastTime = '';
  lastLogger = undefined;
  readonly #writer: LineWriter;
  readonly #format: Exclude<LogFormat, 'json'>;

  constructor(writer: LineWriter, format: Exclude<LogFormat, 'json'>) {
    this.#writer = writer;
    this.#format = format;
  }

  write(): void {
    const level = LEVELS[this.lastLevel] ?? 'info';
    this.#writer.write(formatLine(this.#format, level, this.lastMsg, this.lastObj, new Date()));
  }
}

/**
 * JSON has no bigint: pino would print a number of 19 digits, which most readers round. Text keeps all digits.
 * Names that pino uses itself get an underscore, or a reader would see two of them in one object.
 */
function plainFields(fields: LogFields | undefined): Record<string, LogValue> {
  const plain: Record<string, LogValue> = {};
  if (fields === undefined) return plain;
  for (const [name, value] of Object.entries(fields)) {
    const key = name === 'level' || name === 'time' || name === 'msg' ? `${name}_` : name;
    if (typeof value === 'bigint') plain[key] = value.toString();
    else if (value instanceof Error) plain[key] = value.message;
    else plain[key] = value;
  }
  return plain;
}

function stderrFacts() {
  const journalStream = process.env['JOURNAL_STREAM'];
  try {
    const { dev, ino } = fstatSync(2);
    return { journalStream, device: dev, inode: ino, isTerminal: isatty(2) };
  } catch {
    // A closed stderr is neither; lines go nowhere, which the writer takes.
    return { journalStream, device: -1, inode: -1, isTerminal: false };
  }
}
