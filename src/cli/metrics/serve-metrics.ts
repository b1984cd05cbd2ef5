import { createServer, type Server } from 'node:http';
import { errorCode } from '../../daemon/error-code.js';
import { acceptedFormat } from './accepted-format.js';
import type { ListenAddress } from './listen-address.js';
import { CONTENT_TYPES, type MetricsFormat } from './render-metrics.js';

/** A scraper's request is one line and some headers; what is slower than this is none. */
const REQUEST_TIMEOUT_MS = 5000;
/** Prometheus uses one; a second one, a person's curl. */
const MOST_CONNECTIONS = 16;

/**
 * Serves /metrics until it is closed.
 *
 * @param render the metrics of now
 * @throws Error with the errno name and the remedy, when it cannot listen there
 */
export function serveMetrics(
  address: ListenAddress,
  render: (format: MetricsFormat) => Promise<string>,
): Promise<Server> {
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      // Those limits are looked at this often only: by default every half minute.
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 8192,
    },
    (request, response) => {
      const answer = (status: number, text: string, type = 'text/plain; charset=utf-8') => {
        response.writeHead(status, {
          'Content-Type': type,
          'Content-Length': Buffer.byteLength(text),
          Vary: 'Accept',
          'X-Content-Type-Options': 'nosniff',
          ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
        });
        response.end(request.method === 'HEAD' ? undefined : text);
      };
      // Nothing that comes with a request is of use.
      request.resume();
      if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'Only GET and HEAD.\n');
      if (request.url?.split('?')[0] !== '/metrics') return answer(404, 'The metrics are at /metrics.\n');
      const format = acceptedFormat(request.headers.accept);
      render(format).then(
        (text) => answer(200, text, CONTENT_TYPES[format]),
        (error) => answer(500, `${error instanceof Error ? error.message : String(error)}\n`),
      );
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new Error(cannotListen(address, errorCode(error)))));
    server.listen(address.port, address.host, () => resolve(server));
  });
}

function cannotListen({ host, port }: ListenAddress, code: string): string {
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const remedy: Readonly<Record<string, string>> = {
    EADDRINUSE: `Somebody else listens there (\`ss -ltnp sport = :${port}\`): choose another port`,
    EADDRNOTAVAIL: `${host} is no address of this machine (\`ip address\`)`,
    EACCES: 'Ports below 1024 need CAP_NET_BIND_SERVICE: choose a higher one',
    EAFNOSUPPORT: 'The unit allows no internet sockets: use vmclockd-metrics-http.service',
  };
  return `cannot listen at ${where}: ${code}. ${remedy[code] ?? 'Choose another address with --listen'}`;
}
