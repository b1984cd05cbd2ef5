import type { StatusDocument } from '../../daemon/status-document.js';
import { collectChronyd } from './collect-chronyd.js';
import { collectClocks } from './collect-clocks.js';
import { collectDaemon } from './collect-daemon.js';
import { collectDisruptions } from './collect-disruptions.js';
import { gauge, type MetricFamily } from './metric-family.js';

/**
 * All metrics of a status document. Pure. What is not known is left out.
 *
 * @param status undefined: no daemon answered, which is a metric, too
 */
export function collectMetrics(status: StatusDocument | undefined): MetricFamily[] {
  const up = gauge('vmclockd_up', '1 when the daemon answered on its status socket, 0 when not.', status !== undefined);
  if (status === undefined) return [up];
  return [
    up,
    ...collectDaemon(status),
    ...collectClocks(status),
    ...collectChronyd(status),
    ...collectDisruptions(status),
  ].filter(({ samples }) => samples.length > 0);
}
