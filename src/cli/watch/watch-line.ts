import { formatNs, formatSignedNs } from '../format-quantity.js';
import { printable } from '../format-text.js';
import { statusVerdict } from '../status-verdict.js';
import type { Observation } from './watch-history.js';

/** One look as one line, for a file or a pipe. Pure. @param at ISO 8601 */
export function watchLine({ status, error }: Observation, at: string): string {
  if (status === undefined) return `${at} away: ${printable(error)}`;
  const { sample, chronyd, disruptions, state } = status;
  const offset = sample === null ? 'no sample' : `${formatSignedNs(sample.offsetNs)} ± ${formatNs(sample.boundNs)}`;
  const follows = chronyd === null ? 'not asked' : chronyd.reachable ? chronyd.refid || 'nothing' : 'not reachable';
  const parts = [
    statusVerdict(status).trusted ? 'trusted' : 'not trusted',
    state.name,
    offset,
    `chronyd ${follows}`,
    `disruptions ${disruptions.count}`,
  ];
  return `${at} ${printable(parts.join(', '))}`;
}
