import { SETTING_KEYS, settingNames } from './setting-keys.js';
import type { Settings } from './settings.js';

/** What a reload changes. */
export interface Reload {
  /** The settings to go on with: those of before, with what can change at run time taken from after. */
  readonly settings: Settings;
  /** Settings that changed and take effect now. */
  readonly apply: readonly (keyof Settings)[];
  /** Settings that changed and need a restart: their old values stay. */
  readonly refuse: readonly (keyof Settings)[];
}

/** Compares two sets of settings for SIGHUP. */
export function reloadable(before: Settings, after: Settings): Reload {
  const changed = settingNames().filter((name) => before[name] !== after[name]);
  const apply = changed.filter((name) => SETTING_KEYS[name].reload);
  const refuse = changed.filter((name) => !SETTING_KEYS[name].reload);
  const kept = Object.fromEntries(refuse.map((name) => [name, before[name]]));
  return { settings: { ...after, ...kept }, apply, refuse };
}

/** The names of settings as the configuration file has them: "log.level, recovery". */
export function tomlNames(names: readonly (keyof Settings)[]): string {
  return names.map((name) => SETTING_KEYS[name].toml).join(', ');
}
