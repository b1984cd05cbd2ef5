import { Counter, Gauge, Registry, type RegistryContentType } from 'prom-client';
import { printable } from '../format-text.js';
import type { MetricFamily } from './metric-family.js';

/** The two text formats that Prometheus reads. */
export type MetricsFormat = 'prometheus' | 'openmetrics';

/** What HTTP says of each. */
export const CONTENT_TYPES = {
  prometheus: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const;

/** No label of ours is longer; another's may be. */
const LONGEST_LABEL = 200;

const UNIT = /_(seconds|ratio)(?:_total)?$/;

/**
 * The metrics as text: format 0.0.4 ("prometheus", what node_exporter's textfile collector takes) or OpenMetrics 1.0.
 * Pure but for being a promise, which is the library's.
 */
export async function renderMetrics(families: readonly MetricFamily[], format: MetricsFormat): Promise<string> {
  const registry = new Registry<RegistryContentType>();
  registry.setContentType(CONTENT_TYPES[format]);
  for (const { name, type, help, samples } of families) {
    const labelNames = [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))];
    const options = { name, help, labelNames, registers: [] };
    if (type === 'counter') {
      const metric = new Counter(options);
      for (const { labels, value } of samples) metric.inc(clean(labels), value);
      registry.registerMetric(metric);
    } else {
      const metric = new Gauge(options);
      for (const { labels, value } of samples) metric.set(clean(labels), value);
      registry.registerMetric(metric);
    }
  }
  const text = await registry.metrics();
  return format === 'openmetrics' ? withUnits(text) : text;
}

/** Versions, paths and reference ids come from outside. */
function clean(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, [...printable(value)].slice(0, LONGEST_LABEL).join('')]),
  );
}

/** OpenMetrics names the unit of a family; the library does not. */
function withUnits(text: string): string {
  return text.replace(/^# TYPE (\S+) .*$/gm, (line, name: string) => {
    const unit = UNIT.exec(name)?.[1];
    return unit === undefined ? line : `${line}\n# UNIT ${name} ${unit}`;
  });
}
