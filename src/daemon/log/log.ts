/** How much is said, least important first. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A line as JSON, as text with journald's `<N>` priority in front, as text for a terminal, or as phc2sys would print it. */
export type LogFormat = 'json' | 'journald' | 'text' | 'phc2sys';

/** What may stand in a log line beside its message. A bigint is written as decimal text, an Error as its message. */
export type LogValue = string | number | bigint | boolean | null | undefined | Error | readonly string[];

/** Named values of a log line. */
export type LogFields = Readonly<Record<string, LogValue>>;

/** Where everybody writes to. A call never throws and is done when it returns. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** The daemon's own log, whose level SIGHUP may change. */
export interface AdjustableLog extends Log {
  setLevel(level: LogLevel): void;
}
