import { parseArgs } from 'node:util';
import { RUN_FLAGS, type RunArguments, runArguments } from './run-arguments.js';

/**
 * The short way into the daemon: reads `run` and its flags with Node's own parser, by the same table as yargs.
 *
 * yargs keeps 7 MB resident for as long as the process lives, a sixth of an empty Node process, which is much for a
 * daemon that parsed its flags long ago. So whatever is not a plain, correct `run` (help, a mistake, another command)
 * gives undefined here, and yargs has the word.
 */
export function parseRun(argv: readonly string[]): RunArguments | undefined {
  if (argv[0] !== 'run') return undefined;
  try {
    const options = Object.fromEntries(RUN_FLAGS.map(({ flag }) => [flag, { type: 'string' as const }]));
    const { values } = parseArgs({ args: argv.slice(1), options, strict: true, allowPositionals: false });
    return runArguments(values);
  } catch {
    // What is wrong is yargs' to explain, with the usage beside it.
    return undefined;
  }
}
