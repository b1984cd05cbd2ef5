import { describeProblem } from '../daemon/config/config-problem.js';
import { loadSettings } from '../daemon/config/load-settings.js';
import type { SettingFlags } from '../daemon/config/setting-flags.js';
import { advise } from './chrony-config/advise.js';
import { type ChronyVersion, OLDEST_KNOWN, parseChronyVersion } from './chrony-config/chrony-version.js';
import { formatAdvice } from './chrony-config/format-advice.js';
import { installedChrony } from './chrony-config/installed-chrony.js';
import type { PurposeName } from './chrony-config/purpose.js';
import { printable } from './format-text.js';

/** Flags of `vmclockd chrony-config`. */
export interface ChronyConfigArguments {
  /** --config; undefined: the default file, where it exists. */
  readonly config: string | undefined;
  /** --sock and --refid, as typed. */
  readonly flags: SettingFlags;
  /** --chrony-version: "any" for a file that every release takes; undefined: the installed one's. */
  readonly chronyVersion: string | undefined;
  readonly purpose: PurposeName;
  readonly trust: boolean;
  readonly json: boolean;
}

const EXIT_CONFIGURATION = 2;

/**
 * `vmclockd chrony-config`: prints what belongs into chronyd's configuration. Changes nothing.
 *
 * @returns exit code: 0, or 2 when the configuration or the version is wrong
 */
export async function chronyConfigCommand(args: ChronyConfigArguments): Promise<number> {
  const loaded = loadSettings({ file: args.config, flags: args.flags });
  if (loaded.errors !== undefined) {
    for (const problem of loaded.errors) process.stderr.write(`vmclockd: ${describeProblem(problem)}\n`);
    return EXIT_CONFIGURATION;
  }
  const told = await versionToAdvise(args.chronyVersion);
  if (told.mistake !== undefined) {
    process.stderr.write(`vmclockd: ${told.mistake}\n`);
    return EXIT_CONFIGURATION;
  }
  const { version, source } = told;
  const advice = advise({ version, purpose: args.purpose, trust: args.trust, settings: loaded.ok });
  // Into a file, and still in sight.
  for (const warning of advice.warnings) process.stderr.write(`vmclockd: ${warning}\n`);
  const chronyd = version === undefined ? `any chrony from ${OLDEST_KNOWN} on` : `chrony ${version.text}`;
  const document = { schema: 1, chronyd: { version: version?.text ?? null, source }, purpose: args.purpose, ...advice };
  process.stdout.write(args.json ? `${JSON.stringify(document, undefined, 2)}\n` : formatAdvice(advice, chronyd));
  return 0;
}

interface ToldVersion {
  /** undefined: not known. */
  readonly version?: ChronyVersion | undefined;
  /** Where it comes from: "--chrony-version", a path, or "none". */
  readonly source?: string;
  readonly mistake?: string;
}

async function versionToAdvise(given: string | undefined): Promise<ToldVersion> {
  if (given === 'any') return { source: '--chrony-version' };
  if (given !== undefined) {
    const version = parseChronyVersion(given);
    if (version !== undefined) return { version, source: '--chrony-version' };
    return { mistake: `--chrony-version ${printable(given)}: is no version; allowed is "any", or one such as 4.6.1` };
  }
  const installed = await installedChrony();
  if (installed === undefined) return { source: 'none' };
  return { version: parseChronyVersion(installed.version), source: installed.path };
}
