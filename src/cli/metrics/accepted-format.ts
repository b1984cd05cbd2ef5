import type { MetricsFormat } from './render-metrics.js';

/**
 * Which format a scraper wants, by its Accept header (RFC 9110 section 12.5.1): OpenMetrics when it asks for
 * application/openmetrics-text of version 1.0.0 (or of none) at least as much as for plain text, else format 0.0.4.
 */
export function acceptedFormat(accept: string | undefined): MetricsFormat {
  let openmetrics = 0;
  let plain = 0;
  for (const range of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const value = (name: string) => parameters.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
    const quality = Number(value('q') ?? 1);
    if (!(quality >= 0 && quality <= 1)) continue;
    if (type === 'application/openmetrics-text') {
      if ((value('version') ?? '1.0.0') === '1.0.0') openmetrics = Math.max(openmetrics, quality);
    } else if (type === 'text/plain') plain = Math.max(plain, quality);
  }
  return openmetrics > 0 && openmetrics >= plain ? 'openmetrics' : 'prometheus';
}
