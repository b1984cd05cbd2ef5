import { DEFAULT_SETTINGS } from '../../daemon/config/settings.js';
import { parseListenAddress } from './listen-address.js';
import type { MetricsArguments } from './metrics.js';

export const METRICS_USAGE =
  '$0 metrics [--textfile PATH [--every S] | --listen ADDRESS:PORT] [--socket PATH]\n\n' +
  'Exit code, asked once: 0 trusted, 1 not, 2 usage, 3 no daemon (vmclockd_up is 0 then).';

/** The flags, for yargs. */
export const METRICS_FLAGS = {
  textfile: {
    type: 'string',
    requiresArg: true,
    describe: "write to this file, for node_exporter's textfile collector",
  },
  every: { type: 'number', requiresArg: true, describe: 'write it again so often, s' },
  listen: {
    type: 'string',
    requiresArg: true,
    describe: 'serve /metrics over HTTP: PORT (127.0.0.1 alone), ADDRESS:PORT or [IPv6]:PORT',
  },
  socket: {
    type: 'string',
    default: DEFAULT_SETTINGS.statusSocket,
    requiresArg: true,
    describe: "the daemon's status socket",
  },
} as const;

interface Values {
  readonly socket: string;
  readonly textfile?: string | undefined;
  readonly every?: number | undefined;
  readonly listen?: string | undefined;
}

/** @throws Error about a flag that is wrong, or that does not go with another */
export function checkMetricsFlags({ textfile, every, listen }: Values): void {
  if (textfile !== undefined && listen !== undefined) throw new Error('--textfile and --listen do not go together');
  if (every !== undefined) {
    if (textfile === undefined) throw new Error('--every goes with --textfile');
    if (!(every >= 1 && every <= 86400)) throw new Error('--every takes seconds from 1 to 86400');
  }
  if (listen !== undefined) parseListenAddress(listen);
}

/** The flags as the command takes them. */
export function metricsArguments({ socket, textfile, every, listen }: Values): MetricsArguments {
  return { socket, textfile, every, listen };
}
