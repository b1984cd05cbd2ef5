import type { StatusDocument } from '../../daemon/status-document.js';
import { fromNs, fromPpm, gauge, type MetricFamily } from './metric-family.js';

/** chronyd as the daemon found it at the last asking; nothing when it does not ask. Pure. */
export function collectChronyd({ chronyd }: StatusDocument): MetricFamily[] {
  if (chronyd === null) return [];
  const reachable = gauge(
    'vmclockd_chronyd_reachable',
    '1 when chronyd answers on its command socket, 0 when not. Missing when it is not asked.',
    chronyd.reachable,
  );
  // Without an answer the document's figures are placeholders.
  if (!chronyd.reachable) return [reachable];
  const selected = chronyd.refid !== '';
  return [
    reachable,
    gauge(
      'vmclockd_chronyd_synchronised',
      '1 when chronyd is synchronised, and to us; 0 when not.',
      chronyd.synchronised,
    ),
    gauge('vmclockd_chronyd_selected', '1 when chronyd has selected us as its source; 0 when not.', chronyd.selectsUs),
    gauge('vmclockd_chronyd_info', 'Always 1; the label tells what chronyd follows.', selected ? 1 : null, {
      refid: chronyd.refid,
    }),
    gauge('vmclockd_chronyd_stratum', "chronyd's stratum; 0: not synchronised.", chronyd.stratum),
    gauge(
      'vmclockd_chronyd_offset_seconds',
      "chronyd's estimate of true time minus system time, s; positive: the system clock is behind.",
      fromNs(chronyd.offsetNs),
    ),
    gauge(
      'vmclockd_chronyd_root_dispersion_seconds',
      "chronyd's root dispersion, s, >= 0. The host's own error is not in it.",
      fromNs(chronyd.rootDispersionNs),
    ),
    gauge(
      'vmclockd_chronyd_frequency_ratio',
      "chronyd's estimate of how much the system clock would run wrong uncorrected; 1e-6 is 1 ppm; sign as in `chronyc -c tracking`.",
      fromPpm(chronyd.frequencyPpm),
    ),
    gauge(
      'vmclockd_chronyd_skew_ratio',
      'How far that frequency may be off; 1e-6 is 1 ppm; >= 0.',
      fromPpm(chronyd.skewPpm),
    ),
    gauge(
      'vmclockd_chronyd_poll_interval_seconds',
      "Our source's polling interval, s. Missing when chronyd has no source of ours.",
      chronyd.poll === null ? null : 2 ** chronyd.poll,
    ),
    gauge('vmclockd_chronyd_answer_age_seconds', 'Time since chronyd answered, s, >= 0.', chronyd.ageSeconds),
  ];
}
