import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { collectMetrics } from '../../../src/cli/metrics/collect-metrics.js';
import { renderMetrics } from '../../../src/cli/metrics/render-metrics.js';
import { serveMetrics } from '../../../src/cli/metrics/serve-metrics.js';
import { exampleStatus } from '../../daemon/status/example-status.js';
import { readExposition } from './read-exposition.js';

let server: Server;
let url: string;
let port: number;
let failing = false;

beforeEach(async () => {
  failing = false;
  server = await serveMetrics({ host: '127.0.0.1', port: 0 }, (format) =>
    failing ? Promise.reject(new Error('no memory')) : renderMetrics(collectMetrics(exampleStatus()), format),
  );
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it listens nowhere');
  port = address.port;
  url = `http://127.0.0.1:${port}/metrics`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

describe('serveMetrics()', () => {
  test('answers in the format that is asked for, and says which', async () => {
    const plain = await fetch(url);
    expect([plain.status, plain.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(readExposition(await plain.text(), 'prometheus').problems).toEqual([]);
    const open = await fetch(url, { headers: { Accept: 'application/openmetrics-text;version=1.0.0' } });
    expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(readExposition(await open.text(), 'openmetrics').problems).toEqual([]);
  });

  test('has nothing elsewhere, and takes nothing', async () => {
    expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404);
    const posted = await fetch(url, { method: 'POST', body: 'x'.repeat(100_000) });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(1000);
  });

  test('says when there are no metrics, and goes on', async () => {
    failing = true;
    expect((await fetch(url)).status).toBe(500);
    failing = false;
    expect((await fetch(url)).status).toBe(200);
  });

  test('says what to do when the port is taken', async () => {
    const again = serveMetrics({ host: '127.0.0.1', port }, () => Promise.resolve(''));
    await expect(again).rejects.toThrow(`cannot listen at 127.0.0.1:${port}: EADDRINUSE. Somebody else listens there`);
  });
});
