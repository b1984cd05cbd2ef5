import type { VmclockPage } from '../ioctl/vmclock-page.js';

/**
 * A stretch of time in which the guest's counter can be trusted, as named by the vmclock page.
 * Two pages with equal epochs have no disruption between them; their sequence counts may differ.
 */
export interface Epoch {
  readonly marker: bigint;
  /** undefined where the hypervisor offers no generation counter. */
  readonly generation: bigint | undefined;
}

/** What ended an epoch. */
export type DisruptionCause =
  | 'marker'
  | 'generation'
  | 'marker and generation'
  /** No page told it: the PHC jumped against CLOCK_MONOTONIC_RAW. */
  | 'inferred'
  /** The page's epoch is not the one in the state file of the same boot. */
  | 'while the daemon was down';

/** The epoch a settled page is in. */
export function epochOf(page: VmclockPage): Epoch {
  return { marker: page.disruptionMarker, generation: page.vmGenerationCounter };
}

/**
 * What lies between two epochs; undefined when they are the same.
 *
 * Any difference counts, in either direction: marker and generation counter change "by any amount". A generation
 * counter that appears or vanishes means that another hypervisor wrote the page, so it counts as well.
 */
export function disruptionBetween(
  before: Epoch,
  after: Epoch,
): 'marker' | 'generation' | 'marker and generation' | undefined {
  const marker = before.marker !== after.marker;
  const generation = before.generation !== after.generation;
  if (marker && generation) return 'marker and generation';
  if (marker) return 'marker';
  return generation ? 'generation' : undefined;
}
