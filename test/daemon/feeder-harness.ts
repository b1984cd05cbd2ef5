import { Feeder } from '../../src/daemon/feeder.js';
import type { FeederOptions, FeederPorts, FeederState, Remembered } from '../../src/daemon/feeder-types.js';
import type { Log } from '../../src/daemon/log/log.js';
import { VirtualWorld, type VirtualWorldOptions } from '../../src/sim/virtual-world.js';

export const OPTIONS: FeederOptions = {
  refid: 'VMCK',
  timescale: 'auto',
  recovery: 'reset',
  stepThresholdUs: 0.02,
  firstStepThresholdMs: 100,
  withdrawAfterSeconds: 60,
  lookIntervalMs: 20,
  fastIntervalMs: 50,
  slowIntervalMs: 'auto',
  samplesPerPoll: 5,
  maxDriftPpm: 1,
};

/** A feeder in a virtual world, and everything it has said. */
export interface Harness {
  readonly world: VirtualWorld;
  readonly feeder: Feeder;
  readonly logged: string[];
  readonly states: FeederState[];
  readonly remembered: Remembered[];
}

export function harness(
  worldOptions: VirtualWorldOptions,
  options: Partial<FeederOptions> = {},
  more: {
    readonly remembered?: Remembered;
    readonly withoutChronyd?: boolean;
    readonly phcTimescale?: 'utc' | 'tai' | 'unknown';
    /** Breaks something on purpose. */
    readonly broken?: (ports: FeederPorts) => FeederPorts;
  } = {},
): Harness {
  const world = new VirtualWorld(worldOptions);
  const logged: string[] = [];
  const states: FeederState[] = [];
  const remembered: Remembered[] = [];
  const say = (message: string): void => {
    logged.push(message);
  };
  const log: Log = { debug: () => {}, info: say, warn: say, error: say };
  const ports: FeederPorts = {
    clock: world.clock,
    phc: world.phc,
    phcTimescale: more.phcTimescale ?? 'utc',
    page: world.page,
    sock: world.sock,
    chronyd: more.withoutChronyd === true ? undefined : world.chronyd,
    timers: world.timers,
    log,
    remembered: more.remembered,
    remember: (now) => remembered.push(now),
    onState: (state) => states.push(state),
    onPage: () => {},
    onDisruption: () => {},
  };
  const feeder = new Feeder(more.broken?.(ports) ?? ports, { ...OPTIONS, ...options });
  return { world, feeder, logged, states, remembered };
}
