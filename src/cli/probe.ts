import { DEFAULT_SETTINGS } from '../daemon/config/settings.js';
import { discoverClocks } from '../ioctl/discover-clocks.js';
import { PtpClock } from '../ioctl/ptp-clock.js';
import { formatProbe, usableClock } from './format-probe.js';
import { renderLines, wantsColour } from './format-tone.js';
import { probeClock } from './probe-clock.js';
import type { ProbeFacts } from './probe-facts.js';
import { machineFacts, socketFacts, vmclockPaths } from './probe-machine.js';
import { probePage } from './probe-page.js';

/** Flags of `vmclockd probe`. */
export interface ProbeArguments {
  readonly json: boolean;
}

/**
 * `vmclockd probe`: works without the daemon, and changes nothing.
 *
 * @returns the exit code: 0 when there is a clock that can be read, 1 otherwise
 */
export async function probeCommand({ json }: ProbeArguments): Promise<number> {
  const facts = gatherFacts();
  if (json) process.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`);
  else process.stdout.write(renderLines(formatProbe(facts), wantsColour(process.stdout, process.env)));
  return usableClock(facts) === undefined ? 1 : 0;
}

/** Asks the machine. @param root where / is, for the listings; sockets are looked for at their real places */
export function gatherFacts(root = '/'): ProbeFacts {
  const listed = discoverClocks(root);
  const machine = machineFacts(root);
  return {
    schema: 1,
    machine,
    clocks: listed.map((clock) => probeClock(clock, machine.clocksource, PtpClock.open)),
    pages: vmclockPaths(root).map((path) => probePage(path)),
    chronyd: {
      commandSocket: socketFacts(DEFAULT_SETTINGS.chronyd),
      refclockSocket: socketFacts(DEFAULT_SETTINGS.sock),
    },
  };
}
