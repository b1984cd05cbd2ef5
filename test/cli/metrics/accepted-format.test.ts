import { describe, expect, test } from '@jest/globals';
import { acceptedFormat } from '../../../src/cli/metrics/accepted-format.js';

describe('acceptedFormat()', () => {
  test.each([
    // Prometheus 3 and 2.
    [
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'openmetrics',
    ],
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics',
    ],
    ['application/openmetrics-text; version=1.0.0; charset=utf-8', 'openmetrics'],
    ['Application/OpenMetrics-Text', 'openmetrics'],
    [undefined, 'prometheus'],
    ['', 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/plain;version=0.0.4', 'prometheus'],
    ['text/plain;q=0.9,application/openmetrics-text;q=0.1', 'prometheus'],
    ['application/openmetrics-text;q=0', 'prometheus'],
    ['application/openmetrics-text;q=x', 'prometheus'],
    ['application/openmetrics-text;version=0.0.1', 'prometheus'],
    [';;,,=', 'prometheus'],
  ])('%s', (accept, format) => {
    expect(acceptedFormat(accept)).toBe(format);
  });
});
