import type { ChronyConfigArguments } from '../chrony-config.js';
import { isPurposeName, PURPOSES } from './purpose.js';

export const CHRONY_CONFIG_USAGE = `$0 chrony-config [flags] > /etc/chrony/conf.d/vmclockd.conf

Changes nothing by itself. What matters is on stderr too. Exit code: 0, 2 for a wrong flag or configuration file.`;

/** The flags of `vmclockd chrony-config`, for yargs. */
export const CHRONY_CONFIG_FLAGS = {
  'chrony-version': {
    type: 'string',
    requiresArg: true,
    describe: "chrony's version, such as 4.6.1, or any [that of the installed chronyd]",
  },
  for: {
    choices: Object.keys(PURPOSES),
    default: 'recovery',
    requiresArg: true,
    describe: Object.entries(PURPOSES)
      .map(([name, { describe }]) => `${name}: ${describe}`)
      .join('. '),
  },
  trust: {
    type: 'boolean',
    default: false,
    describe: "the host's time counts even where other sources agree on another",
  },
  sock: { type: 'string', requiresArg: true, describe: "the line's socket [that of the configuration file]" },
  refid: { type: 'string', requiresArg: true, describe: "the line's refid [that of the configuration file]" },
  config: {
    type: 'string',
    requiresArg: true,
    describe: 'configuration file [/etc/vmclockd/vmclockd.toml, where it exists]',
  },
  json: { type: 'boolean', default: false, describe: 'print the advice as JSON' },
} as const;

/** Sorts parsed values, by flag name, into `ChronyConfigArguments`. */
export function chronyConfigArguments(values: Readonly<Record<string, unknown>>): ChronyConfigArguments {
  const text = (flag: string): string | undefined => {
    const value = values[flag];
    return typeof value === 'string' ? value : undefined;
  };
  const purpose = values['for'];
  return {
    config: text('config'),
    flags: { sock: text('sock'), refid: text('refid') },
    chronyVersion: text('chrony-version'),
    purpose: isPurposeName(purpose) ? purpose : 'recovery',
    trust: values['trust'] === true,
    json: values['json'] === true,
  };
}
