import type { ArgumentsCamelCase, Argv } from 'yargs';

/** Flags of `vmclockd monitor`, named as phc2sys's. */
export interface MonitorArguments {
  /** Path of the PHC; undefined: the best there is. */
  readonly device: string | undefined;
  /** -R: readings a second. */
  readonly rate: number;
  /** -u: readings a summary; 0: a line for each. */
  readonly summary: number;
  /** -O: UTC − PHC, s; undefined: found out. */
  readonly offset: number | undefined;
  /** Lines to print; 0: no end. */
  readonly count: number;
}

/** Tells yargs of `vmclockd monitor`. */
export function monitorOptions(y: Argv) {
  return y
    .usage(
      '$0 monitor [DEVICE] [-R RATE] [-u N] [-O S] [--count N]\n\n' +
        'Compares the system clock with a PTP clock and prints lines as phc2sys does. Works without the daemon and\n' +
        'changes nothing. offset is system − PTP clock. s2: the kernel counts its clock as synchronised.',
    )
    .positional('device', { type: 'string', describe: 'PTP clock [the best there is]' })
    .option('rate', { alias: 'R', type: 'number', default: 1, requiresArg: true, describe: 'readings a second' })
    .option('summary', { alias: 'u', type: 'number', default: 0, requiresArg: true, describe: 'readings a summary' })
    .option('offset', {
      alias: 'O',
      type: 'number',
      requiresArg: true,
      describe: 'UTC − PTP clock in seconds (-37: it ticks TAI) [found out]',
    })
    .option('count', { type: 'number', default: 0, requiresArg: true, describe: 'lines to print; 0: no end' })
    .check(({ rate, summary, offset, count }) => {
      if (!(rate > 0 && rate <= 100)) throw new Error('-R takes readings a second, more than 0 and up to 100');
      whole('-u', summary, 0, 100_000);
      if (offset !== undefined) whole('-O', offset, -86_400, 86_400);
      whole('--count', count, 0, 1e9);
      return true;
    });
}

type Parsed = ArgumentsCamelCase<Awaited<ReturnType<typeof monitorOptions>['argv']>>;

/** Sorts parsed values into `MonitorArguments`. */
export function monitorArguments({ device, rate, summary, offset, count }: Parsed): MonitorArguments {
  return { device, rate, summary, offset, count };
}

function whole(flag: string, value: unknown, from: number, to: number): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return;
  throw new Error(`${flag} takes a whole number from ${from} to ${to}`);
}
