import type { Disruption } from '../hypervisor.js';

/** What happens to the guest. */
export interface RecoveryEvent {
  /** Also its name on the command line. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly disruption: Disruption;
}

const DAY_NS = 86_400e9;

/** From the commonest to the hardest: a stack may never come back from the last. */
export const EVENTS: readonly RecoveryEvent[] = [
  { name: '10ms', title: '+10 ms, +40 ppm', disruption: { stepNs: 10e6, ppm: 40 } },
  { name: 'rate', title: '0, +40 ppm', disruption: { stepNs: 0, ppm: 40 } },
  { name: '200ms', title: '+200 ms, −50 ppm', disruption: { stepNs: 200e6, ppm: -50 } },
  { name: '3days', title: '+3 days, +40 ppm', disruption: { stepNs: 3 * DAY_NS, ppm: 40 } },
];
