import * as v from 'valibot';
import { DEFAULT_SETTINGS as D, type Settings } from './settings.js';

/** Longest path of a unix socket, bytes: sun_path holds 108 with the closing NUL. */
const LONGEST_SOCKET_PATH = 107;

/** Text that passes `test`. The message is what is allowed: it is all a reader needs. */
const text = (allowed: string, test: (value: string) => boolean) => v.pipe(v.string(allowed), v.check(test, allowed));
const whole = (allowed: string, from: number, to: number) =>
  v.pipe(
    v.number(allowed),
    v.check((value) => isWhole(value, from, to), allowed),
  );
const numberUpTo = (largest: number) => {
  const allowed = `a number from 0 to ${largest}`;
  return v.pipe(
    v.number(allowed),
    v.check((value) => value >= 0 && value <= largest, allowed),
  );
};
const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  v.picklist(words, `one of ${words.map((word) => `"${word}"`).join(', ')}`);

const isWhole = (value: unknown, from: number, to: number) =>
  typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a path
const isPath = (value: string) => /^\/[^\x00-\x1f\x7f]*$/.test(value) && value.length < 4096;
const fitsSocket = (value: string) => isPath(value) && Buffer.byteLength(value) <= LONGEST_SOCKET_PATH;

const SOCKET = `an absolute path of at most ${LONGEST_SOCKET_PATH} bytes`;
const TIMESCALE = '"auto", "utc", "tai", or PHC − UTC as whole seconds from -86400 to 86400';
const SLOW = '"auto", or milliseconds from 10 to 60000';

/** A time scale as written; a flag gives the seconds as text. undefined: not allowed. */
function timescaleOf(value: unknown): Settings['timescale'] | undefined {
  if (value === 'auto' || value === 'utc' || value === 'tai') return value;
  const seconds = typeof value === 'string' && /^[+-]?\d{1,5}$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && isWhole(seconds, -86400, 86400) ? seconds : undefined;
}

/** Found by nobody's PATH: the daemon has hardly any. */
const program = text('the absolute path of a program, or "" for none', (s) => s === '' || isPath(s));

/** The configuration file, key by key: what is allowed stands in each message. */
export const settingsSchema = v.object({
  phc: v.optional(
    text('"auto", or the absolute path of a device such as "/dev/ptp0"', (s) => s === 'auto' || isPath(s)),
    D.phc,
  ),
  vmclock: v.optional(
    text('"auto", "none", or the absolute path of a device such as "/dev/vmclock0"', (s) =>
      s === 'auto' || s === 'none' ? true : isPath(s),
    ),
    D.vmclock,
  ),
  sock: v.optional(
    // chronyd splits its configuration at blanks, and a refclock's parameter at the first colon.
    text(`${SOCKET}, without blanks and colons`, (s) => fitsSocket(s) && !/[\s:]/.test(s)),
    D.sock,
  ),
  chronyd: v.optional(
    text(`"none", or ${SOCKET}`, (s) => s === 'none' || fitsSocket(s)),
    D.chronyd,
  ),
  refid: v.optional(
    text('one to four printable ASCII characters, no blanks', (s) => /^[\x21-\x7e]{1,4}$/.test(s)),
    D.refid,
  ),
  timescale: v.optional(
    v.pipe(
      v.custom<string | number>((value) => timescaleOf(value) !== undefined, TIMESCALE),
      v.transform((value) => timescaleOf(value) ?? D.timescale),
    ),
    D.timescale,
  ),
  status_socket: v.optional(text(SOCKET, fitsSocket), D.statusSocket),
  status_socket_mode: v.optional(
    v.pipe(
      // Only text: a bare 666 would be decimal, and 0o666 and 438 look alike once parsed.
      text('permission bits as octal text, such as "0666" or "0660"', (s) => /^0?[0-7]{3}$/.test(s)),
      v.transform((s) => Number.parseInt(s, 8)),
    ),
    `0${D.statusSocketMode.toString(8)}`,
  ),
  state_file: v.optional(text('an absolute path', isPath), D.stateFile),
  look_interval_ms: v.optional(whole('milliseconds from 1 to 1000', 1, 1000), D.lookIntervalMs),
  max_drift_ppm: v.optional(numberUpTo(1000), D.maxDriftPpm),
  recovery: v.optional(oneOf(['feed-forward', 'reset', 'feed-only']), D.recovery),
  step_threshold_us: v.optional(numberUpTo(1e9), D.stepThresholdUs),
  first_step_threshold_ms: v.optional(numberUpTo(1e9), D.firstStepThresholdMs),
  withdraw_after_seconds: v.optional(numberUpTo(86400), D.withdrawAfterSeconds),
  sampling: v.optional(
    v.object(
      {
        fast_interval_ms: v.optional(whole('milliseconds from 10 to 60000', 10, 60000), D.fastIntervalMs),
        slow_interval_ms: v.optional(
          v.custom<'auto' | number>((value) => value === 'auto' || isWhole(value, 10, 60000), SLOW),
          D.slowIntervalMs,
        ),
        samples_per_poll: v.optional(whole('a whole number from 1 to 64', 1, 64), D.samplesPerPoll),
      },
      'a table: [sampling]',
    ),
    {},
  ),
  hooks: v.optional(
    v.object(
      {
        disruption: v.optional(program, D.hookDisruption),
        recovered: v.optional(program, D.hookRecovered),
        generation_change: v.optional(program, D.hookGenerationChange),
        disruption_soon: v.optional(program, D.hookDisruptionSoon),
        disruption_imminent: v.optional(program, D.hookDisruptionImminent),
        disruption_unannounced: v.optional(program, D.hookDisruptionUnannounced),
        unreliable: v.optional(program, D.hookUnreliable),
        reliable: v.optional(program, D.hookReliable),
        holding: v.optional(program, D.hookHolding),
        feeding: v.optional(program, D.hookFeeding),
        timeout_seconds: v.optional(whole('whole seconds from 1 to 600', 1, 600), D.hookTimeoutSeconds),
      },
      'a table: [hooks]',
    ),
    {},
  ),
  log: v.optional(
    v.object(
      {
        level: v.optional(oneOf(['debug', 'info', 'warn', 'error']), D.logLevel),
        format: v.optional(oneOf(['auto', 'json', 'journald', 'phc2sys']), D.logFormat),
      },
      'a table: [log]',
    ),
    {},
  ),
});

/** A file that passed the schema, defaults filled in. */
export type SettingsFile = v.InferOutput<typeof settingsSchema>;
