import type { ArgumentsCamelCase, Argv } from 'yargs';
import { DEFAULT_SETTINGS } from '../daemon/config/settings.js';
import type { WaitsyncArguments } from './waitsync.js';

const LONGEST_S = 604_800;

/** Tells yargs of `vmclockd waitsync`. */
export function waitsyncOptions(y: Argv) {
  return y
    .usage(
      '$0 waitsync [--timeout S] [--max-bound NS] [--socket PATH] [--verbose]\n\n' +
        'Exit code: 0 the clock can be trusted, 1 not in time, 2 waiting does not help, or usage.',
    )
    .option('timeout', {
      // Text, as yargs makes 0 of an empty variable: for ever.
      type: 'string',
      default: 0,
      requiresArg: true,
      describe: 'at most so long, s; 0: for ever',
      coerce: (value: unknown) => (value === '' ? Number.NaN : Number(value)),
    })
    .option('max-bound', {
      type: 'number',
      requiresArg: true,
      describe: 'what the clock may be off by (|offset| + bound), ns',
    })
    .option('socket', {
      type: 'string',
      default: DEFAULT_SETTINGS.statusSocket,
      requiresArg: true,
      describe: "the daemon's status socket",
    })
    .option('verbose', { type: 'boolean', default: false, describe: 'tell progress even where stderr is no terminal' })
    .check(({ timeout, maxBound }) => {
      if (!(timeout >= 0 && timeout <= LONGEST_S)) throw new Error(`--timeout takes seconds from 0 to ${LONGEST_S}`);
      if (maxBound !== undefined && maxBound !== null && !(Number(maxBound) > 0))
        throw new Error('--max-bound takes nanoseconds, more than 0');
      return true;
    });
}

type Parsed = ArgumentsCamelCase<Awaited<ReturnType<typeof waitsyncOptions>['argv']>>;

/** Sorts parsed values into `WaitsyncArguments`. */
export function waitsyncArguments({ socket, timeout, maxBound, verbose }: Parsed): WaitsyncArguments {
  return { socket, timeout, maxBound, verbose };
}
