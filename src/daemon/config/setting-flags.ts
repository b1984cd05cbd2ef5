import type { Settings } from './settings.js';

/** Settings given on the command line, as typed: they win over the file and are judged by the same rules. */
export type SettingFlags = { readonly [Name in keyof Settings]?: string | undefined };
