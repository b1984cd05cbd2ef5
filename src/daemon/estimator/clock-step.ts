import type { ClockPair } from '../../ioctl/reading.js';
import { relateClocks } from './relate-clocks.js';

/**
 * Tells whether somebody stepped CLOCK_REALTIME between two looks at the clocks (chronyd's makestep, an
 * administrator's `date -s`). For information: the PHC and its track stand on CLOCK_MONOTONIC_RAW, which
 * nobody can step.
 *
 * A step is called so when (realtime − raw) changed by more than the pairs' widths plus 10 % of the time in
 * between, so that chronyd's fastest slew (83333 ppm) is never mistaken for one. A step below that stays unseen.
 *
 * @param earlier the last pair of one batch
 * @param later the first pair of a later batch
 * @returns the step in ns, positive when the system clock was set forward (it includes what was slewed in
 * between); undefined when there was none
 */
export function clockStep(earlier: ClockPair, later: ClockPair): number | undefined {
  const relation = relateClocks(earlier, later);
  return relation.stepped ? relation.changeNs : undefined;
}
