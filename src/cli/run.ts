import { describeProblem } from '../daemon/config/config-problem.js';
import { loadSettings } from '../daemon/config/load-settings.js';
import { createLog } from '../daemon/log/create-log.js';
import { runDaemon } from '../daemon/run-daemon.js';
import type { RunArguments } from './run-arguments.js';
import { readVersion } from './version.js';

const EXIT_CONFIGURATION = 2;
const EXIT_FAILED = 1;

/**
 * `vmclockd run`: the daemon in the foreground.
 *
 * @returns exit code: 0 when it was told to end, 1 when it could not start, 2 when the configuration is wrong
 */
export async function runCommand(args: RunArguments): Promise<number> {
  const loaded = loadSettings({ file: args.config, flags: args.flags });
  if (loaded.errors !== undefined) {
    for (const problem of loaded.errors) process.stderr.write(`vmclockd: ${describeProblem(problem)}\n`);
    return EXIT_CONFIGURATION;
  }
  const settings = loaded.ok;
  const log = createLog({ level: settings.logLevel, format: settings.logFormat });
  const reload = () => {
    const again = loadSettings({ file: args.config, flags: args.flags });
    if (again.errors === undefined) return again.ok;
    for (const problem of again.errors) log.error(`not reloaded: ${describeProblem(problem)}`);
    return undefined;
  };
  try {
    await runDaemon({ settings, version: readVersion(), log, reload });
    return 0;
  } catch (error) {
    log.error(error instanceof Error ? error.message : String(error));
    return EXIT_FAILED;
  }
}
