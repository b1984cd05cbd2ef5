#!/usr/bin/env node
/**
 * `vmclockd`. Each command's modules are loaded when it is that command's turn: what `status` needs costs the
 * daemon nothing.
 */
import { parseRun } from './parse-run.js';

/** The exit code for a wrong command line, as for the shell's own builtins. The unit does not restart on it. */
const EXIT_USAGE = 2;

async function main(argv: readonly string[]): Promise<number> {
  const run = parseRun(argv);
  if (run !== undefined) return (await import('./run.js')).runCommand(run);

  const { parseCommandLine } = await import('./command-line.js');
  const { readVersion } = await import('./version.js');
  const command = await parseCommandLine(argv, readVersion());
  switch (command.name) {
    case 'run':
      return (await import('./run.js')).runCommand(command.run);
    case 'status':
      return (await import('./status.js')).statusCommand(command);
    case 'watch':
      return (await import('./watch/watch.js')).watchCommand(command);
    case 'metrics':
      return (await import('./metrics/metrics.js')).metricsCommand(command.metrics);
    case 'events':
      return (await import('./events/events.js')).eventsCommand(command.events);
    case 'waitsync':
      return (await import('./waitsync.js')).waitsyncCommand(command);
    case 'monitor':
      return (await import('./monitor.js')).monitorCommand(command);
    case 'probe':
      return (await import('./probe.js')).probeCommand(command);
    case 'chrony-config':
      return (await import('./chrony-config.js')).chronyConfigCommand(command.chronyConfig);
    case 'doctor':
      return (await import('./doctor.js')).doctorCommand(command);
    case 'demo':
      return (await import('./demo.js')).demoCommand(command);
    case 'install':
      return (await import('./install.js')).installCommand(command.install);
    case 'uninstall':
      return (await import('./install.js')).uninstallCommand(command.install);
    case 'print':
      process.stdout.write(`${command.text}\n`);
      return 0;
    case 'mistake':
      process.stderr.write(`${command.text}\n`);
      return EXIT_USAGE;
  }
}

/** A reader that went away (`vmclockd status | head -1`) is no failure worth a stack trace. */
function endQuietlyWithoutReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

const argv = process.argv.slice(2);
// Touching process.stdout builds it, which the daemon has no use for.
if (argv[0] !== 'run') endQuietlyWithoutReader(process.stdout);
try {
  process.exitCode = await main(argv);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`vmclockd: ${error instanceof Error ? error.message : String(error)}\n`);
}
// The daemon has said all it had to say, synchronously: whatever still holds the process must not.
if (argv[0] === 'run') process.exit();
