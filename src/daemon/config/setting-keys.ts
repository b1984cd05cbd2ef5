import type { Settings } from './settings.js';

/** Where a setting is written, and when a change of it can take effect. */
export interface SettingKey {
  /** The key in the configuration file, with its table: "log.level". */
  readonly toml: string;
  /** The flag of `vmclockd run` that overrides it, where there is one. */
  readonly flag?: string;
  /** False: the daemon has to be restarted, because something opened at the start depends on it. */
  readonly reload: boolean;
}

/** Every setting there is. A new setting has a line here, one in `Settings` and one in the schema. */
export const SETTING_KEYS: Readonly<Record<keyof Settings, SettingKey>> = {
  phc: { toml: 'phc', flag: 'phc', reload: false },
  vmclock: { toml: 'vmclock', flag: 'vmclock', reload: false },
  sock: { toml: 'sock', flag: 'sock', reload: false },
  chronyd: { toml: 'chronyd', flag: 'chronyd', reload: false },
  refid: { toml: 'refid', reload: false },
  timescale: { toml: 'timescale', flag: 'timescale', reload: false },
  statusSocket: { toml: 'status_socket', flag: 'status-socket', reload: false },
  statusSocketMode: { toml: 'status_socket_mode', reload: false },
  stateFile: { toml: 'state_file', flag: 'state', reload: false },
  lookIntervalMs: { toml: 'look_interval_ms', reload: true },
  maxDriftPpm: { toml: 'max_drift_ppm', reload: true },
  recovery: { toml: 'recovery', reload: true },
  stepThresholdUs: { toml: 'step_threshold_us', reload: true },
  firstStepThresholdMs: { toml: 'first_step_threshold_ms', reload: true },
  withdrawAfterSeconds: { toml: 'withdraw_after_seconds', reload: true },
  fastIntervalMs: { toml: 'sampling.fast_interval_ms', reload: true },
  slowIntervalMs: { toml: 'sampling.slow_interval_ms', reload: true },
  samplesPerPoll: { toml: 'sampling.samples_per_poll', reload: true },
  hookDisruption: { toml: 'hooks.disruption', reload: true },
  hookRecovered: { toml: 'hooks.recovered', reload: true },
  hookGenerationChange: { toml: 'hooks.generation_change', reload: true },
  hookDisruptionSoon: { toml: 'hooks.disruption_soon', reload: true },
  hookDisruptionImminent: { toml: 'hooks.disruption_imminent', reload: true },
  hookDisruptionUnannounced: { toml: 'hooks.disruption_unannounced', reload: true },
  hookUnreliable: { toml: 'hooks.unreliable', reload: true },
  hookReliable: { toml: 'hooks.reliable', reload: true },
  hookHolding: { toml: 'hooks.holding', reload: true },
  hookFeeding: { toml: 'hooks.feeding', reload: true },
  hookTimeoutSeconds: { toml: 'hooks.timeout_seconds', reload: true },
  logLevel: { toml: 'log.level', flag: 'log-level', reload: true },
  logFormat: { toml: 'log.format', flag: 'log-format', reload: false },
};

/** The names of all settings, in the order of the sample configuration. */
export function settingNames(): (keyof Settings)[] {
  const names: (keyof Settings)[] = [];
  for (const name in SETTING_KEYS) if (isSettingName(name)) names.push(name);
  return names;
}

function isSettingName(name: string): name is keyof Settings {
  return Object.hasOwn(SETTING_KEYS, name);
}
