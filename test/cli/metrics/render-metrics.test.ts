import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { collectMetrics } from '../../../src/cli/metrics/collect-metrics.js';
import { renderMetrics } from '../../../src/cli/metrics/render-metrics.js';
import { statusSchema } from '../../../src/cli/status-schema.js';
import type { StatusDocument } from '../../../src/daemon/status-document.js';
import { exampleStatus } from '../../daemon/status/example-status.js';
import { seededRandom } from '../../support/random.js';
import { randomStatus } from '../random-status.js';
import { readExposition } from './read-exposition.js';

const FORMATS = ['prometheus', 'openmetrics'] as const;

async function read(status: StatusDocument | undefined, format: (typeof FORMATS)[number] = 'prometheus') {
  return readExposition(await renderMetrics(collectMetrics(status), format), format);
}

/** The value of a series, undefined where there is none. */
async function values(
  status: StatusDocument,
): Promise<(name: string, labels?: Record<string, string>) => number | undefined> {
  const { series, problems } = await read(status);
  expect(problems).toEqual([]);
  return (name, labels = {}) => {
    const found = series.filter(
      (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
    );
    expect(found.length).toBeLessThan(2);
    return found[0]?.value;
  };
}

describe('metrics of a status document', () => {
  test('are in base units, with the sign of the document', async () => {
    const value = await values(exampleStatus());
    expect(value('vmclockd_up')).toBe(1);
    expect(value('vmclockd_trusted')).toBe(1);
    expect(value('vmclockd_build_info', { version: '0.1.0' })).toBe(1);
    expect(value('vmclockd_offset_seconds')).toBeCloseTo(-12.4e-9, 15);
    expect(value('vmclockd_bound_seconds')).toBeCloseTo(25.6e-9, 15);
    expect(value('vmclockd_phc_rate_ratio')).toBeCloseTo(12.3456e-6, 12);
    expect(value('vmclockd_chronyd_frequency_ratio')).toBeCloseTo(-3.21e-6, 12);
    expect(value('vmclockd_chronyd_root_dispersion_seconds')).toBeCloseTo(15.32e-6, 12);
    expect(value('vmclockd_chronyd_poll_interval_seconds')).toBe(1);
    expect(value('vmclockd_phc_shift_seconds')).toBe(37);
    expect(value('vmclockd_samples_sent_total')).toBe(51234);
    expect(value('vmclockd_samples_dropped_total', { errno: 'ENOENT' })).toBe(3);
    expect(value('vmclockd_disruption_last_timestamp_seconds')).toBe(Date.parse('2026-11-21T00:59:05.123Z') / 1000);
    expect(value('vmclockd_disruption_last_recovery_seconds', { step: 'synchronised' })).toBe(3.105);
  });

  test('have one series for each state, of which one is 1', async () => {
    const value = await values({ ...exampleStatus(), state: { name: 'holding', reason: '', forSeconds: 1 } });
    const states = ['starting', 'feeding', 'recovering', 'holding'];
    expect(states.map((state) => value('vmclockd_state', { state }))).toEqual([0, 0, 0, 1]);
    expect(value('vmclockd_trusted')).toBe(0);
  });

  test('keep all 64 bits of marker and generation, as labels', async () => {
    const value = await values(exampleStatus());
    expect(value('vmclockd_page_info', { marker: '18446744073709551615', generation: '3' })).toBe(1);
    expect(value('vmclockd_page_flag', { flag: 'VM_GEN_COUNTER_PRESENT' })).toBe(1);
    expect(value('vmclockd_page_flag', { flag: 'DISRUPTION_SOON' })).toBe(0);
  });

  test('count what the loop counts, by names of their own or by its names', async () => {
    const value = await values({ ...exampleStatus(), counters: { readings: 7, rejected: 2, later: 5, broken: -1 } });
    expect(value('vmclockd_readings_total')).toBe(7);
    expect(value('vmclockd_rejected_batches_total')).toBe(2);
    expect(value('vmclockd_other_total', { what: 'later' })).toBe(5);
    expect(value('vmclockd_other_total', { what: 'broken' })).toBeUndefined();
  });

  test('tell how many events there were, and how long ago the latest of each kind was', async () => {
    const event = { at: '', message: '', facts: {} };
    const value = await values({
      ...exampleStatus(),
      events: [
        { ...event, number: 40, kind: 'disruption', agoSeconds: 30 },
        { ...event, number: 41, kind: 'disruption', agoSeconds: 20 },
        { ...event, number: 42, kind: 'recovered', agoSeconds: 10 },
      ],
    });
    expect(value('vmclockd_events_total')).toBe(42);
    expect(value('vmclockd_event_age_seconds', { kind: 'disruption' })).toBe(20);
    expect(value('vmclockd_event_age_seconds', { kind: 'holding' })).toBeUndefined();
  });

  test('are left out where a value is not known', async () => {
    const example = exampleStatus();
    const { chronyd } = example;
    if (chronyd === null) throw new Error('the example has a chronyd');
    const value = await values({
      ...example,
      phc: null,
      vmclock: null,
      sample: null,
      rate: null,
      chronyd: { ...chronyd, reachable: false },
      disruptions: { count: 0, last: null },
    });
    for (const name of [
      'offset',
      'bound',
      'bracket',
      'sample_age',
      'chronyd_offset',
      'disruption_last_age',
      'phc_shift',
    ]) {
      expect([name, value(`vmclockd_${name}_seconds`)]).toEqual([name, undefined]);
    }
    expect(value('vmclockd_chronyd_synchronised')).toBeUndefined();
    expect(value('vmclockd_chronyd_reachable')).toBe(0);
    expect(value('vmclockd_disruptions_total')).toBe(0);
  });

  test('say that there is no daemon', async () => {
    expect(await renderMetrics(collectMetrics(undefined), 'prometheus')).toBe(
      '# HELP vmclockd_up 1 when the daemon answered on its status socket, 0 when not.\n' +
        '# TYPE vmclockd_up gauge\nvmclockd_up 0\n',
    );
  });

  test.each(FORMATS)('keep to the format %s, whatever the document says', async (format) => {
    const random = seededRandom(20261121);
    for (let i = 0; i < 400; i += 1) {
      const status = randomStatus(random);
      expect(v.safeParse(statusSchema, status).success).toBe(true);
      const { problems, series } = await read(status, format);
      expect(problems).toEqual([]);
      expect(series.length).toBeGreaterThan(10);
    }
  });

  test('name their units in OpenMetrics, and nowhere else', async () => {
    const families = collectMetrics(exampleStatus());
    expect(await renderMetrics(families, 'prometheus')).not.toContain('# UNIT');
    const text = await renderMetrics(families, 'openmetrics');
    expect(text).toContain('# TYPE vmclockd_offset_seconds gauge\n# UNIT vmclockd_offset_seconds seconds\n');
    expect(text).toContain('# UNIT vmclockd_chronyd_skew_ratio ratio\n');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });
});
