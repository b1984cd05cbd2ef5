import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { parse } from 'yaml';
import { collectMetrics } from '../../src/cli/metrics/collect-metrics.js';
import { renderMetrics } from '../../src/cli/metrics/render-metrics.js';
import { EVENT_KINDS } from '../../src/daemon/events/event-kind.js';
import { type ReadSeries, readExposition } from '../cli/metrics/read-exposition.js';
import { exampleStatus } from '../daemon/status/example-status.js';

const read = (path: string) => readFileSync(join(process.cwd(), 'config', path), 'utf8');

const text = v.pipe(v.string(), v.nonEmpty());
const rulesSchema = v.strictObject({
  groups: v.array(
    v.strictObject({
      name: text,
      rules: v.array(
        v.union([
          v.strictObject({ record: v.pipe(text, v.regex(/^vmclockd:\w+:\w+$/)), expr: text }),
          v.strictObject({
            alert: v.pipe(text, v.regex(/^Vmclockd[A-Za-z]+$/)),
            expr: text,
            for: v.optional(v.pipe(text, v.regex(/^\d+[smh]$/))),
            labels: v.strictObject({ severity: v.picklist(['critical', 'warning', 'info']) }),
            annotations: v.strictObject({ summary: text, description: text }),
          }),
        ]),
      ),
    }),
  ),
});

const datasource = v.strictObject({ type: v.literal('prometheus'), uid: v.literal(`\${datasource}`) });
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const dashboardSchema = v.object({
  uid: text,
  title: text,
  schemaVersion: v.pipe(count, v.minValue(36)),
  annotations: v.object({ list: v.array(v.object({ datasource, expr: text })) }),
  templating: v.object({ list: v.array(v.object({ name: text, type: v.picklist(['datasource', 'query']) })) }),
  panels: v.array(
    v.object({
      id: count,
      type: v.picklist(['stat', 'timeseries', 'state-timeline']),
      title: text,
      description: text,
      datasource,
      gridPos: v.strictObject({ x: count, y: count, w: v.pipe(count, v.maxValue(24)), h: count }),
      targets: v.pipe(v.array(v.object({ refId: text, datasource, expr: text, legendFormat: text })), v.minLength(1)),
      fieldConfig: v.object({ defaults: v.object({}), overrides: v.array(v.object({})) }),
      options: v.object({}),
    }),
  ),
});

/** What the metrics of somebody else, and of the rules themselves, are called. */
const FOREIGN = new Set(['node_textfile_mtime_seconds', 'vmclockd:error:max_seconds']);

const rules = v.parse(rulesSchema, parse(read('prometheus/vmclockd.rules.yml'))).groups.flatMap((group) => group.rules);
const dashboard = v.parse(dashboardSchema, JSON.parse(read('grafana/vmclockd.json')));

let emitted: readonly ReadSeries[] = [];
beforeAll(async () => {
  const events = EVENT_KINDS.map((kind, i) => ({ number: i + 1, kind, at: '', agoSeconds: 1, message: '', facts: {} }));
  const text = await renderMetrics(collectMetrics({ ...exampleStatus(), events }), 'prometheus');
  emitted = readExposition(text, 'prometheus').series;
});

/** What in an expression could never match a series that we emit. */
function unmatched(expr: string): string[] {
  const problems: string[] = [];
  for (const [, name = '', selector = ''] of expr.matchAll(/\b((?:vmclockd|node)[_:][\w:]+)(?:\{([^}]*)\})?/g)) {
    if (FOREIGN.has(name)) continue;
    const series = emitted.filter((one) => one.name === name);
    if (series.length === 0) problems.push(`no such metric: ${name}`);
    for (const [, label = '', operator, value] of selector.matchAll(/(\w+)(=~|=)"([^"]*)"/g)) {
      if (label === 'instance') continue;
      if (!series.some(({ labels }) => (operator === '=' ? labels[label] === value : label in labels))) {
        problems.push(`no such series: ${name}{${label}="${value}"}`);
      }
    }
  }
  return problems;
}

describe('config/prometheus/vmclockd.rules.yml', () => {
  test('asks for nothing but what is emitted', () => {
    expect(rules.flatMap(({ expr }) => unmatched(expr))).toEqual([]);
    expect(unmatched('vmclockd_upp == 0 and vmclockd_state{state="happy"}')).toHaveLength(2);
  });

  test('names each alert once, and the instance in each summary', () => {
    const alerts = rules.flatMap((rule) => ('alert' in rule ? [rule] : []));
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    for (const { annotations } of alerts) expect(annotations.summary).toContain('{{ $labels.instance }}');
  });
});

describe('config/grafana/vmclockd.json', () => {
  test('asks for nothing but what is emitted', () => {
    const targets = dashboard.panels.flatMap((panel) => panel.targets);
    expect([...targets, ...dashboard.annotations.list].flatMap(({ expr }) => unmatched(expr))).toEqual([]);
  });

  test('asks for the chosen instances alone', () => {
    for (const { expr } of dashboard.panels.flatMap((panel) => panel.targets)) {
      const selectors = expr.match(/vmclockd_\w+(\{[^}]*\})?/g) ?? [];
      for (const selector of selectors) expect(selector).toContain('instance=~"$instance"');
    }
  });

  test('has its variables, and panels that do not overlap', () => {
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'instance']);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const taken = new Set<string>();
    for (const { gridPos, title } of dashboard.panels) {
      expect([title, gridPos.x + gridPos.w <= 24]).toEqual([title, true]);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x},${y}`)).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
    }
  });
});
