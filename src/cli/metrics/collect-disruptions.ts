import type { StatusDocument } from '../../daemon/status-document.js';
import { counter, family, fromMs, fromNs, gauge, type MetricFamily, stateSet } from './metric-family.js';

/** Disruptions, and how soon the clock was right after the last. Pure. */
export function collectDisruptions({ disruptions: { count, last } }: StatusDocument): MetricFamily[] {
  const total = counter('vmclockd_disruptions_total', 'Disruptions noticed since the daemon started.', count);
  if (last === null) return [total];
  const steps = [
    { labels: { step: 'reset' }, value: fromMs(last.resetAnsweredMs) },
    { labels: { step: 'corrected' }, value: fromMs(last.correctedMs) },
    { labels: { step: 'first_sample' }, value: fromMs(last.firstSampleMs) },
    { labels: { step: 'synchronised' }, value: fromMs(last.synchronisedMs) },
  ];
  return [
    total,
    gauge(
      'vmclockd_disruption_last_timestamp_seconds',
      'When the last disruption was noticed, s since 1970, by the system clock then (which may have been wrong).',
      fromMs(Date.parse(last.noticedAt)),
    ),
    gauge('vmclockd_disruption_last_age_seconds', 'Time since it was noticed, s, >= 0.', last.agoSeconds),
    family(
      'gauge',
      'vmclockd_disruption_last_recovery_seconds',
      'Time from noticing it to each step of the recovery, s, >= 0: chronyd has answered the reset, was given the new offset, got the first sample, is synchronised again. Missing until done.',
      steps,
    ),
    gauge(
      'vmclockd_disruption_last_offset_seconds',
      'True - system time as last measured when chronyd was synchronised again, s; positive: the clock was behind.',
      fromNs(last.offsetThenNs),
    ),
    stateSet(
      'vmclockd_disruption_last_cause',
      '1 for how it was noticed, 0 for the others.',
      'cause',
      ['marker', 'generation', 'marker and generation', 'inferred', 'while the daemon was down'],
      [last.cause],
    ),
  ];
}
