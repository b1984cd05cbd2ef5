import yargs from 'yargs';
import { DEFAULT_SETTINGS } from '../daemon/config/settings.js';
import { INSTALL_FLAGS, type InstallArguments } from './install-arguments.js';
import { RUN_FLAGS, type RunArguments, runArguments } from './run-arguments.js';

/** What a command line asks for. */
export type Command =
  | { readonly name: 'run'; readonly run: RunArguments }
  | { readonly name: 'status'; readonly socket: string; readonly json: boolean }
  | { readonly name: 'probe'; readonly json: boolean }
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
          .usage('$0 status [--json] [--socket PATH]\n\nExit code: 0 trusted, 1 not, 2 usage, 3 no daemon.')
          .option('json', { type: 'boolean', default: false, describe: 'print the document as the daemon wrote it' })
          .option('socket', {
            type: 'string',
            default: DEFAULT_SETTINGS.statusSocket,
            requiresArg: true,
            describe: "the daemon's status socket",
          }),
      ({ json, socket }) => choose({ name: 'status', json, socket }),
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
