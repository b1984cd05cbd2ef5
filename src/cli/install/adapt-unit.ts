/** Where the program is on this machine. */
export interface ProgramPaths {
  /** The Node that runs it, absolute. */
  readonly node: string;
  /** The program's main.js, absolute. */
  readonly main: string;
}

const SHIPPED_NODE = '/usr/bin/node';
const SHIPPED_MAIN = '/usr/lib/vmclockd/build/src/cli/main.js';

/**
 * A unit with the paths of this machine in its ExecStart.
 * @throws Error when the unit is not as shipped, or a path cannot stand in a unit
 */
export function adaptUnit(unit: string, { node, main }: ProgramPaths): string {
  for (const path of [node, main]) {
    // systemd would need quotes, and takes % for a specifier.
    if (!/^\/[\w./@+-]+$/.test(path)) {
      throw new Error(
        `${path} cannot stand in a systemd unit: install the program, and Node, at a path of plain letters`,
      );
    }
  }
  const adapted = unit.replace(/^ExecStart=.*$/m, (line) =>
    line.replace(SHIPPED_NODE, () => node).replace(SHIPPED_MAIN, () => main),
  );
  const command = /^ExecStart=(\S+) (?:-\S+ )*(\S+) [a-z]+(?: .*)?$/m.exec(adapted);
  if (command?.[1] !== node || command[2] !== main) {
    throw new Error('the unit that came with this program is not as shipped: install the program again');
  }
  return adapted;
}

/** Why a service cannot use this path; undefined when it can. The unit hides home directories and has its own /tmp. */
export function hiddenFromServices(path: string): string | undefined {
  const folder = ['/home/', '/root/', '/run/user/', '/tmp/', '/var/tmp/'].find((start) => path.startsWith(start));
  return folder === undefined
    ? undefined
    : `${path} is under ${folder.slice(0, -1)}, which services cannot see (ProtectHome=, PrivateTmp=): ` +
        'install Node and vmclockd for the whole system, such as with `npm install -g "$(npm pack --silent)"` in a clone, as root, and the distribution’s Node';
}
