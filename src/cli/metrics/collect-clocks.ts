import type { StatusDocument } from '../../daemon/status-document.js';
import { VmclockFlag } from '../../ioctl/vmclock-page.js';
import { counter, family, fromNs, fromPpm, gauge, type MetricFamily, stateSet } from './metric-family.js';

/** What is known of the host's clock, and what was sent of it. Pure. */
export function collectClocks(status: StatusDocument): MetricFamily[] {
  return [
    ...collectSample(status),
    ...collectSock(status),
    ...(status.phc === null ? [] : collectPhc(status.phc)),
    ...(status.vmclock === null ? [] : collectPage(status.vmclock)),
  ];
}

function collectSample({ sample, rate }: StatusDocument): MetricFamily[] {
  return [
    gauge(
      'vmclockd_offset_seconds',
      'True time minus system time now, by the last sample of this epoch, s; positive: the system clock is behind. Missing while there is none.',
      fromNs(sample?.offsetNs),
    ),
    gauge(
      'vmclockd_bound_seconds',
      'The offset is wrong by at most this now, s, >= 0; grows with the age of the sample.',
      fromNs(sample?.boundNs),
    ),
    gauge(
      'vmclockd_host_error_seconds',
      "The host's own largest error as its page tells it, s, >= 0: part of the bound. Missing where it does not.",
      fromNs(sample?.hostErrorNs),
    ),
    gauge(
      'vmclockd_bracket_seconds',
      "Width of the last sample's bracket of system time around the PHC's, s, >= 0.",
      fromNs(sample?.bracketNs),
    ),
    gauge('vmclockd_sample_age_seconds', 'Time since the last sample was taken, s, >= 0.', sample?.ageSeconds),
    gauge(
      'vmclockd_phc_rate_ratio',
      'Rate of the PHC against CLOCK_MONOTONIC_RAW, minus 1; 1e-6 is 1 ppm; positive: the PHC is faster.',
      fromPpm(rate?.phcPpm),
    ),
    gauge(
      'vmclockd_phc_rate_uncertainty_ratio',
      'How far the rate may be off; 1e-6 is 1 ppm; >= 0.',
      fromPpm(rate?.uncertaintyPpm),
    ),
  ];
}

function collectSock({ sock }: StatusDocument): MetricFamily[] {
  const drops = Object.entries(sock.dropped)
    .filter(([, count]) => count >= 0)
    .map(([errno, value]) => ({ labels: { errno }, value }));
  return [
    counter(
      'vmclockd_samples_sent_total',
      "Samples sent to chronyd's refclock socket, since the daemon started.",
      sock.sent,
    ),
    family(
      'counter',
      'vmclockd_samples_dropped_total',
      'Samples that could not be sent, by errno, since the daemon started.',
      drops,
    ),
    gauge('vmclockd_sock_failing', '1 when the last sample could not be sent, 0 when it was.', sock.failing !== ''),
  ];
}

function collectPhc(phc: NonNullable<StatusDocument['phc']>): MetricFamily[] {
  return [
    gauge('vmclockd_phc_info', 'Always 1; the labels tell which PHC is followed.', 1, {
      path: phc.path,
      name: phc.name,
      timescale: phc.timescale ?? 'unknown',
    }),
    stateSet(
      'vmclockd_phc_method',
      '1 for the way the PHC is read, 0 for the others; all 0 before the first reading. PRECISE is the best.',
      'method',
      ['PRECISE', 'EXTENDED', 'BASIC'],
      phc.method === null ? [] : [phc.method],
    ),
    gauge(
      'vmclockd_phc_shift_seconds',
      'PHC time minus UTC, whole seconds: 0 for UTC, 37 for TAI (since 2017). Missing while not known.',
      phc.shiftSeconds,
    ),
  ];
}

function collectPage(page: NonNullable<StatusDocument['vmclock']>): MetricFamily[] {
  return [
    gauge(
      'vmclockd_page_info',
      'Always 1; the labels tell the disruption marker and the VM generation counter (64 bits: more than a value could hold).',
      1,
      { path: page.path, marker: page.marker, generation: page.generation ?? '', watching: page.watching },
    ),
    gauge(
      'vmclockd_page_sequence_number',
      "The page's sequence count: even when settled; wraps at 2^32. A change of it is not a disruption.",
      page.seqCount,
    ),
    stateSet(
      'vmclockd_page_clock_status',
      "1 for what the host says of its own clock, 0 for the others. 'unreliable' stops the feeding.",
      'status',
      ['unknown', 'initialising', 'synchronised', 'free-running', 'unreliable'],
      [page.clockStatus],
    ),
    stateSet(
      'vmclockd_page_leap',
      '1 for what the host says of leap seconds, 0 for the others.',
      'leap',
      ['none', 'insert', 'delete', 'inserting', 'inserted', 'deleted'],
      [page.leap],
    ),
    stateSet(
      'vmclockd_page_flag',
      '1 for each flag of the page that is set, 0 for the others.',
      'flag',
      Object.keys(VmclockFlag),
      page.flags,
    ),
    gauge(
      'vmclockd_page_unsettled_seconds',
      'For how long the page could not be read consistently, s; 0 when it can.',
      page.unsettledForSeconds ?? 0,
    ),
  ];
}
