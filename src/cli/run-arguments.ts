import type { SettingFlags } from '../daemon/config/setting-flags.js';
import type { Settings } from '../daemon/config/settings.js';

/** The flags of `vmclockd run`. */
export interface RunArguments {
  /** --config; undefined: the default file, where it exists. */
  readonly config: string | undefined;
  /** Settings given as flags, as typed. */
  readonly flags: SettingFlags;
}

/** A flag of `vmclockd run`, all of which take a value. */
export interface RunFlag {
  readonly flag: string;
  /** The setting that it overrides; absent for --config. */
  readonly setting?: keyof Settings;
  readonly describe: string;
}

/** Every flag of `vmclockd run`, in the order of the help text. */
export const RUN_FLAGS: readonly RunFlag[] = [
  { flag: 'config', describe: 'configuration file [/etc/vmclockd/vmclockd.toml, where it exists]' },
  { flag: 'phc', setting: 'phc', describe: 'PTP clock to read: auto, or a device such as /dev/ptp0' },
  { flag: 'vmclock', setting: 'vmclock', describe: 'page that tells of disruptions: auto, none, or a device' },
  { flag: 'sock', setting: 'sock', describe: "socket of chronyd's `refclock SOCK` line" },
  { flag: 'chronyd', setting: 'chronyd', describe: "chronyd's command socket, or none" },
  {
    flag: 'timescale',
    setting: 'timescale',
    describe: 'what the PTP clock ticks: auto, utc, tai, or PHC − UTC in seconds',
  },
  { flag: 'status-socket', setting: 'statusSocket', describe: 'where `vmclockd status` asks' },
  { flag: 'state', setting: 'stateFile', describe: 'state file' },
  { flag: 'log-level', setting: 'logLevel', describe: 'debug, info, warn or error' },
  { flag: 'log-format', setting: 'logFormat', describe: 'auto, json, journald or phc2sys' },
];

/** Sorts parsed values, by flag name, into `RunArguments`. */
export function runArguments(values: Readonly<Record<string, unknown>>): RunArguments {
  const given = RUN_FLAGS.flatMap(({ flag, setting }) => {
    const value = values[flag];
    return setting !== undefined && typeof value === 'string' ? [[setting, value] as const] : [];
  });
  const config = values['config'];
  return { config: typeof config === 'string' ? config : undefined, flags: Object.fromEntries(given) };
}
