import { EVENT_KINDS } from '../../daemon/events/event-kind.js';
import type { StatusDocument } from '../../daemon/status-document.js';
import { statusVerdict } from '../status-verdict.js';
import { counter, family, gauge, type MetricFamily, stateSet } from './metric-family.js';

/** What the daemon says of itself. Pure. */
export function collectDaemon(status: StatusDocument): MetricFamily[] {
  const { state } = status;
  return [
    gauge('vmclockd_build_info', 'Always 1; the label tells the version of the daemon that runs.', 1, {
      version: status.version,
    }),
    gauge(
      'vmclockd_trusted',
      '1 when the clock can be trusted: the daemon feeds and chronyd is synchronised to it; 0 when not.',
      statusVerdict(status).trusted,
    ),
    gauge('vmclockd_uptime_seconds', 'Time since the daemon started, s, >= 0.', status.uptimeSeconds),
    stateSet(
      'vmclockd_state',
      "1 for the state that the daemon is in, 0 for the others. Only in 'feeding' chronyd gets samples to keep.",
      'state',
      ['starting', 'feeding', 'recovering', 'holding'],
      [state.name],
    ),
    gauge('vmclockd_state_duration_seconds', 'Time in the present state, s, >= 0.', state.forSeconds),
    ...collectEvents(status),
    ...collectCounters(status),
  ];
}

/** The document keeps only the latest events, so what is counted by kind is when, not how many. */
function collectEvents({ events }: StatusDocument): MetricFamily[] {
  const newest = events.reduce<number | null>((most, { number }) => Math.max(most ?? 0, number), null);
  const latest = EVENT_KINDS.map((kind) => ({
    labels: { kind },
    value: events.filter((event) => event.kind === kind).reduce<number | null>(least, null),
  }));
  return [
    counter('vmclockd_events_total', 'Events since the daemon started, of all kinds.', newest ?? 0),
    family('gauge', 'vmclockd_event_age_seconds', 'Time since the latest event of the kind, s, >= 0.', latest),
  ];
}

function least(before: number | null, { agoSeconds }: { readonly agoSeconds: number }): number {
  return before === null ? agoSeconds : Math.min(before, agoSeconds);
}

/** The daemon's counters that have a metric of their own. */
const COUNTERS: Readonly<Record<string, { readonly name: string; readonly help: string }>> = {
  looks: { name: 'vmclockd_page_looks_total', help: 'Looks at the vmclock page.' },
  unsettledLooks: {
    name: 'vmclockd_page_unsettled_looks_total',
    help: 'Looks at the vmclock page that found the host writing it for too long.',
  },
  readings: { name: 'vmclockd_readings_total', help: 'Readings of the PHC.' },
  failedReads: { name: 'vmclockd_failed_reads_total', help: 'Attempts to read the PHC that failed.' },
  rejected: { name: 'vmclockd_rejected_batches_total', help: 'Batches of readings without a usable one.' },
  straddling: {
    name: 'vmclockd_straddling_readings_total',
    help: 'Readings thrown away because the page or the system clock changed before they could be sent.',
  },
  clockSteps: {
    name: 'vmclockd_clock_steps_total',
    help: 'Steps of the system clock that were seen, by chronyd or by somebody else.',
  },
  withdrawals: {
    name: 'vmclockd_withdrawals_total',
    help: 'Times chronyd was told to forget us because it must not be fed.',
  },
};

function collectCounters({ counters }: StatusDocument): MetricFamily[] {
  const named = Object.entries(COUNTERS).map(([key, { name, help }]) =>
    counter(name, `${help} Since the daemon started.`, counters[key]),
  );
  const others = Object.entries(counters)
    .filter(([key, value]) => !Object.hasOwn(COUNTERS, key) && value >= 0)
    .map(([key, value]) => ({ labels: { what: key }, value }));
  const help = 'What else the daemon counts, by its own names. Since the daemon started.';
  return [...named, family('counter', 'vmclockd_other_total', help, others)];
}
