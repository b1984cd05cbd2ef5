import type { ProcessFacts } from './doctor-facts.js';

/** chronyd itself, and not the helper that it forks to keep its privileges in; undefined when none runs. */
export function chronydProcess(processes: readonly ProcessFacts[]): ProcessFacts | undefined {
  const chronyds = processes.filter(({ name }) => name === 'chronyd');
  const mains = chronyds.filter(({ parent }) => !chronyds.some(({ pid }) => pid === parent));
  // One that does not control the clock (-x) is somebody's experiment beside the system's.
  return mains.find((chronyd) => controlsClock(chronyd)) ?? mains[0];
}

/** chronyd was not started with -x or -Q. */
export function controlsClock(chronyd: ProcessFacts): boolean {
  return !chronyd.arguments.some((argument) => /^-[a-zA-Z0-9]*[xQ]/.test(argument));
}

/** Node, by its program's name or by the name it gives its main thread. */
const RUNS_SCRIPTS = /^(node|nodejs|MainThread|vmclockd)$/;

/**
 * The arguments of `vmclockd run` in a process's command line, from "run" on; undefined when it is another process.
 */
export function daemonArguments({ name, arguments: all }: ProcessFacts): readonly string[] | undefined {
  if (!RUNS_SCRIPTS.test(name)) return undefined;
  const at = all.findIndex((word, index) => word === 'run' && isOurProgram(all[index - 1] ?? ''));
  return at < 0 ? undefined : all.slice(at);
}

/** /usr/bin/vmclockd, /usr/lib/vmclockd/…/main.js, or a clone's build/src/cli/main.js. */
function isOurProgram(path: string): boolean {
  return /(^|\/)vmclockd([/.]|$)/.test(path) || path.endsWith('build/src/cli/main.js');
}
