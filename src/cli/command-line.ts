import yargs from 'yargs';
import { DEFAULT_SETTINGS } from '../daemon/config/settings.js';
import { CHRONY_CONFIG_FLAGS, CHRONY_CONFIG_USAGE, chronyConfigArguments } from './chrony-config/arguments.js';
import type { ChronyConfigArguments } from './chrony-config.js';
import type { EventsArguments } from './events/events.js';
import { INSTALL_FLAGS, type InstallArguments } from './install-arguments.js';
import type { MetricsArguments } from './metrics/metrics.js';
import { checkMetricsFlags, METRICS_FLAGS, METRICS_USAGE, metricsArguments } from './metrics/metrics-arguments.js';
import { type MonitorArguments, monitorArguments, monitorOptions } from './monitor-arguments.js';
import { RUN_FLAGS, type RunArguments, runArguments } from './run-arguments.js';
import type { WaitsyncArguments } from './waitsync.js';
import { waitsyncArguments, waitsyncOptions } from './waitsync-arguments.js';

/** What a command line asks for. */
export type Command =
  | { readonly name: 'run'; readonly run: RunArguments }
  | { readonly name: 'status'; readonly socket: string; readonly json: boolean }
  | { readonly name: 'watch'; readonly socket: string; readonly every: number }
  | { readonly name: 'metrics'; readonly metrics: MetricsArguments }
  | { readonly name: 'events'; readonly events: EventsArguments }
  | ({ readonly name: 'waitsync' } & WaitsyncArguments)
  | ({ readonly name: 'monitor' } & MonitorArguments)
  | { readonly name: 'probe'; readonly json: boolean }
  | { readonly name: 'chrony-config'; readonly chronyConfig: ChronyConfigArguments }
  | { readonly name: 'doctor'; readonly json: boolean }
  | { readonly name: 'demo'; readonly seconds: number; readonly disruptEvery: number }
  | { readonly name: 'install' | 'uninstall'; readonly install: InstallArguments }
  /** Help or the version was asked for. */
  | { readonly name: 'print'; readonly text: string }
  /** The command line is wrong: `text` is the usage and the mistake. */
  | { readonly name: 'mistake'; readonly text: string };

/** Reads a command line (without node and script). Prints nothing and never ends the process. */
export async function parseCommandLine(argv: readonly string[], version: string): Promise<Command> {
  let command: Command | undefined;
  const choose = (chosen: Command) => {
    command = chosen;
  };
  const parser = yargs()
    .scriptName('vmclockd')
    // Half a translation helps nobody: our own words are English.
    .locale('en')
    .usage(
      "Feeds chronyd from the host's clock, and puts it right after live migration or snapshot restore.\n\n$0 <command>",
    )
    .command(
      'run',
      'run the daemon, in the foreground',
      (y) => {
        for (const { flag, describe } of RUN_FLAGS) y.option(flag, { type: 'string', describe, requiresArg: true });
        return y.usage('$0 run [flags]\n\nFlags win over the configuration file.');
      },
      (values) => choose({ name: 'run', run: runArguments(values) }),
    )
    .command(
      'status',
      'say whether the clock can be trusted, and why',
      (y) =>
        y
          .usage(
            '$0 status [--json | --watch [--every S]] [--socket PATH]\n\nExit code: 0 trusted, 1 not, 2 usage, 3 no daemon.',
          )
          .option('json', { type: 'boolean', default: false, describe: 'print the document as the daemon wrote it' })
          .option('watch', { type: 'boolean', default: false, describe: 'a screen that keeps up; q ends it' })
          .option('every', { type: 'number', default: 1, requiresArg: true, describe: 'with --watch: how often, s' })
          .check(({ every, watch, json }) => {
            inRange('every', every);
            if (watch && json) throw new Error('--watch and --json do not go together');
            return true;
          })
          .option('socket', {
            type: 'string',
            default: DEFAULT_SETTINGS.statusSocket,
            requiresArg: true,
            describe: "the daemon's status socket",
          }),
      ({ json, socket, watch, every }) =>
        choose(watch ? { name: 'watch', socket, every } : { name: 'status', json, socket }),
    )
    .command(
      'metrics',
      'print, write or serve metrics for Prometheus',
      (y) =>
        y
          .usage(METRICS_USAGE)
          .options(METRICS_FLAGS)
          .check((values) => {
            checkMetricsFlags(values);
            return true;
          }),
      (values) => choose({ name: 'metrics', metrics: metricsArguments(values) }),
    )
    .command(
      'events',
      'show what has happened: disruptions, recoveries, warnings by the hypervisor',
      (y) =>
        y
          .usage('$0 events [--follow] [--json] [--socket PATH]\n\nExit code: 0, 2 usage, 3 no daemon.')
          .option('follow', {
            type: 'boolean',
            default: false,
            alias: 'f',
            describe: 'go on with what happens from now on',
          })
          .option('json', { type: 'boolean', default: false, describe: 'print one JSON object per event' })
          .option('socket', {
            type: 'string',
            default: DEFAULT_SETTINGS.statusSocket,
            requiresArg: true,
            describe: "the daemon's status socket",
          }),
      ({ follow, json, socket }) => choose({ name: 'events', events: { follow, json, socket } }),
    )
    .command('waitsync', 'wait until the clock can be trusted', waitsyncOptions, (values) =>
      choose({ name: 'waitsync', ...waitsyncArguments(values) }),
    )
    .command(
      'monitor [device]',
      'print lines as phc2sys does, of a clock and the system clock',
      monitorOptions,
      (values) => choose({ name: 'monitor', ...monitorArguments(values) }),
    )
    .command(
      'probe',
      'show what clocks this machine has and what each can do',
      (y) =>
        y
          .usage('$0 probe [--json]\n\nWorks without the daemon. Exit code: 0 when a clock can be used, 1 otherwise.')
          .option('json', { type: 'boolean', default: false, describe: 'print the facts as JSON' }),
      ({ json }) => choose({ name: 'probe', json }),
    )
    .command(
      'chrony-config',
      "print the line that chronyd's configuration needs",
      (y) => y.usage(CHRONY_CONFIG_USAGE).options(CHRONY_CONFIG_FLAGS),
      (values) => choose({ name: 'chrony-config', chronyConfig: chronyConfigArguments(values) }),
    )
    .command(
      'doctor',
      'look for what is wrong or could be better, and say how to mend it',
      (y) =>
        y
          .usage(
            '$0 doctor [--json]\n\nWorks without the daemon, changes nothing, and sees most as root.\n\n' +
              'Exit code: 0 all is well, 1 warnings only, 2 problems (or a wrong command line: then nothing is on stdout).',
          )
          .option('json', { type: 'boolean', default: false, describe: 'print the findings as JSON' }),
      ({ json }) => choose({ name: 'doctor', json }),
    )
    .command(
      'demo',
      'show it all with a simulated host and, where there is one, a real chronyd',
      (y) =>
        y
          .usage('$0 demo [--seconds N] [--disrupt-every S]')
          .option('seconds', { type: 'number', default: 30, requiresArg: true, describe: 'how long, s' })
          .option('disrupt-every', {
            type: 'number',
            default: 10,
            requiresArg: true,
            describe: 'between disruptions, s',
          })
          .check(({ seconds, disruptEvery }) => {
            inRange('seconds', seconds);
            inRange('disrupt-every', disruptEvery);
            return true;
          }),
      ({ seconds, disruptEvery }) => choose({ name: 'demo', seconds, disruptEvery }),
    )
    .command(
      'install',
      "put unit, udev rule, manual and chrony's line in place (after npm install -g)",
      (y) => y.usage('$0 install [--root DIR] [--prefix DIR] [--dry-run]').options(INSTALL_FLAGS),
      (values) => choose({ name: 'install', install: values }),
    )
    .command(
      'uninstall',
      'take away what install has put in place',
      (y) => y.usage('$0 uninstall [--root DIR] [--prefix DIR] [--dry-run]').options(INSTALL_FLAGS),
      (values) => choose({ name: 'uninstall', install: values }),
    )
    .demandCommand(1, 1, 'Give a command.', 'Give one command.')
    .strict()
    // The last of two equal flags wins, as in parseRun(); yargs would make a list of them.
    .parserConfiguration({ 'duplicate-arguments-array': false })
    .version(version)
    .alias('h', 'help')
    .epilogue('Configuration: /etc/vmclockd/vmclockd.toml. To try it out: vmclockd demo')
    .wrap(100)
    .exitProcess(false);

  let printed: Command | undefined;
  await parser.parseAsync([...argv], {}, (error, _values, output) => {
    if (error) printed = { name: 'mistake', text: output };
    else if (output !== '') printed = { name: 'print', text: output };
  });
  return printed ?? command ?? { name: 'mistake', text: await parser.getHelp() };
}

function inRange(flag: string, seconds: unknown): void {
  if (typeof seconds === 'number' && seconds >= 1 && seconds <= 86400) return;
  throw new Error(`--${flag} takes seconds from 1 to 86400`);
}
