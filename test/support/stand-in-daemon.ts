/**
 * `vmclockd run --config FILE` on a machine without a PHC: everything is real but the PHC. A program of its own, for
 * tests and benchmarks that look at the daemon from outside.
 */
import { describeProblem } from '../../src/daemon/config/config-problem.js';
import { loadSettings } from '../../src/daemon/config/load-settings.js';
import { createLog } from '../../src/daemon/log/create-log.js';
import { runDaemon } from '../../src/daemon/run-daemon.js';
import { describeListed } from '../../src/ioctl/rank-clocks.js';
import { standInPhc } from './stand-in-phc.js';

const file = process.argv[2];
const read = () => {
  const loaded = loadSettings({ file });
  if (loaded.errors === undefined) return loaded.ok;
  for (const problem of loaded.errors) process.stderr.write(`not loaded: ${describeProblem(problem)}\n`);
  return undefined;
};
const settings = read();
if (settings === undefined) process.exit(2);
try {
  await runDaemon({
    settings,
    version: 'stand-in',
    log: createLog({ level: settings.logLevel, format: 'text' }),
    reload: read,
    openPhc: () => ({
      phc: standInPhc(),
      described: describeListed({ index: 0, path: '/dev/ptp-stand-in', clockName: 'KVM virtual PTP' }, 'tsc'),
    }),
  });
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
