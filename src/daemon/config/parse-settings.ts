import { parse, TomlError } from 'smol-toml';
import * as v from 'valibot';
import type { ConfigProblem } from './config-problem.js';
import { nearestKey } from './nearest-key.js';
import type { SettingFlags } from './setting-flags.js';
import { SETTING_KEYS, settingNames } from './setting-keys.js';
import type { Settings } from './settings.js';
import { type SettingsFile, settingsSchema } from './settings-schema.js';
import { showValue } from './show-value.js';

/** Valid settings, or everything that is wrong. */
export type ParsedSettings =
  | { readonly ok: Settings; readonly errors?: never }
  | { readonly errors: readonly ConfigProblem[]; readonly ok?: never };

/**
 * Settings from the text of a TOML file with the command line's flags laid over it. Pure, and never throws:
 * every problem there is comes back in one list, except that a file which is not TOML has just that one.
 *
 * @param fileName for the messages only
 */
export function parseSettings(toml: string, fileName: string, flags: SettingFlags = {}): ParsedSettings {
  let file: Record<string, unknown>;
  try {
    file = parse(toml);
  } catch (error) {
    return { errors: [syntaxProblem(error, fileName)] };
  }
  const problems = unknownKeys(file, fileName);
  const flagged = layFlagsOver(file, flags);
  const result = v.safeParse(settingsSchema, file);
  if (!result.success) problems.push(...invalidValues(result.issues, fileName, flagged));
  if (result.success) problems.push(...contradictions(result.output, fileName));
  if (problems.length > 0 || !result.success) return { errors: problems };
  return { ok: toSettings(result.output) };
}

function syntaxProblem(error: unknown, source: string): ConfigProblem {
  if (!(error instanceof TomlError)) return { source, message: `cannot be read as TOML: ${String(error)}` };
  // The first line is the message; the rest is an excerpt of the file, which may hold anything.
  const first = error.message.split('\n', 1)[0] ?? '';
  const message = `not valid TOML: ${first.replace(/^Invalid TOML document: /, '')} (column ${error.column})`;
  return { source, line: error.line, message };
}

/** Lays the flags over the file's table; returns, by TOML key, the flags that were given. */
function layFlagsOver(file: Record<string, unknown>, flags: SettingFlags): Map<string, string> {
  const flagged = new Map<string, string>();
  for (const name of settingNames()) {
    const value = flags[name];
    const { toml, flag } = SETTING_KEYS[name];
    if (value === undefined) continue;
    flagged.set(toml, `--${flag ?? toml}`);
    const [first = '', second] = toml.split('.');
    if (second === undefined) {
      file[first] = value;
    } else {
      const table = Object.hasOwn(file, first) ? file[first] : undefined;
      // What is no table stays as it is: the schema reports it.
      if (table === undefined) file[first] = { [second]: value };
      else if (isTable(table)) table[second] = value;
    }
  }
  return flagged;
}

function unknownKeys(file: Record<string, unknown>, source: string): ConfigProblem[] {
  const known = settingNames().map((name) => SETTING_KEYS[name].toml);
  const tables = new Set(known.filter((key) => key.includes('.')).map((key) => key.split('.', 1)[0] ?? ''));
  const given = Object.keys(file).flatMap((key) => {
    const value = file[key];
    return tables.has(key) && isTable(value) ? Object.keys(value).map((inner) => `${key}.${inner}`) : [key];
  });
  return given
    .filter((key) => !known.includes(key) && !tables.has(key))
    .map((key) => ({
      source,
      key: showKey(key),
      message: 'there is no such key',
      remedy: suggestion(key, known, [...tables]),
    }));
}

/** The nearest key anywhere in the file counts: `level` at the top was meant to be `log.level`. */
function suggestion(key: string, known: readonly string[], tables: readonly string[]): string {
  const bare = key.slice(key.lastIndexOf('.') + 1);
  const lastPart = new Map(known.map((name) => [name.slice(name.lastIndexOf('.') + 1), name]));
  const meant =
    nearestKey(key, known) ?? lastPart.get(nearestKey(bare, [...lastPart.keys()]) ?? '') ?? nearestKey(key, tables);
  if (meant === undefined) return `the keys are ${known.join(', ')}`;
  return tables.includes(meant) ? `did you mean the table [${meant}]?` : `did you mean ${describeKey(meant)}?`;
}

function describeKey(key: string): string {
  const [table, name] = key.split('.');
  return name === undefined ? key : `${name} in the table [${table}]`;
}

function showKey(key: string): string {
  return /^[\w.-]{1,80}$/.test(key) ? key : showValue(key);
}

function invalidValues(
  issues: readonly v.BaseIssue<unknown>[],
  fileName: string,
  flagged: ReadonlyMap<string, string>,
): ConfigProblem[] {
  return issues.map((issue) => {
    const key = v.getDotPath(issue) ?? '';
    const flag = flagged.get(key);
    const given = showValue(issue.input);
    return { source: flag ?? fileName, key, given, message: `is not allowed; allowed is ${issue.message}` };
  });
}

/** What is wrong only together. */
function contradictions(file: SettingsFile, source: string): ConfigProblem[] {
  const { fast_interval_ms: fast, slow_interval_ms: slow } = file.sampling;
  if (slow === 'auto' || slow >= fast) return [];
  return [
    {
      source,
      key: 'sampling.slow_interval_ms',
      given: showValue(slow),
      message: `is shorter than sampling.fast_interval_ms, which is ${fast}; allowed is that or more, or "auto"`,
    },
  ];
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function toSettings(file: SettingsFile): Settings {
  return {
    phc: file.phc,
    vmclock: file.vmclock,
    sock: file.sock,
    chronyd: file.chronyd,
    refid: file.refid,
    timescale: file.timescale,
    statusSocket: file.status_socket,
    statusSocketMode: file.status_socket_mode,
    stateFile: file.state_file,
    lookIntervalMs: file.look_interval_ms,
    maxDriftPpm: file.max_drift_ppm,
    recovery: file.recovery,
    stepThresholdUs: file.step_threshold_us,
    firstStepThresholdMs: file.first_step_threshold_ms,
    withdrawAfterSeconds: file.withdraw_after_seconds,
    fastIntervalMs: file.sampling.fast_interval_ms,
    slowIntervalMs: file.sampling.slow_interval_ms,
    samplesPerPoll: file.sampling.samples_per_poll,
    hookDisruption: file.hooks.disruption,
    hookRecovered: file.hooks.recovered,
    hookGenerationChange: file.hooks.generation_change,
    hookDisruptionSoon: file.hooks.disruption_soon,
    hookDisruptionImminent: file.hooks.disruption_imminent,
    hookDisruptionUnannounced: file.hooks.disruption_unannounced,
    hookUnreliable: file.hooks.unreliable,
    hookReliable: file.hooks.reliable,
    hookHolding: file.hooks.holding,
    hookFeeding: file.hooks.feeding,
    hookTimeoutSeconds: file.hooks.timeout_seconds,
    logLevel: file.log.level,
    logFormat: file.log.format,
  };
}
