import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusDocument } from '../../daemon/status-document.js';
import { printable } from '../format-text.js';
import { decodeStatus } from '../status.js';
import { fetchStatus } from '../status-client.js';
import { statusVerdict } from '../status-verdict.js';
import { collectMetrics } from './collect-metrics.js';
import { parseListenAddress } from './listen-address.js';
import { type MetricsFormat, renderMetrics } from './render-metrics.js';
import { serveMetrics } from './serve-metrics.js';
import { writeTextfile } from './write-textfile.js';

/** Flags of `vmclockd metrics`. */
export interface MetricsArguments {
  readonly socket: string;
  /** Where to write; undefined: to stdout. */
  readonly textfile: string | undefined;
  /** Seconds between two writes of the text file; undefined: write once. */
  readonly every: number | undefined;
  /** Where to serve over HTTP. */
  readonly listen: string | undefined;
}

/**
 * `vmclockd metrics`. Asks the daemon as `vmclockd status` does; where there is none, vmclockd_up is 0.
 *
 * @returns the exit code: as status when asked once (0 trusted, 1 not, 3 no daemon); 0 when ended by a signal
 * @throws Error when the file cannot be written, or the address cannot be listened at
 */
export async function metricsCommand({ socket, textfile, every, listen }: MetricsArguments): Promise<number> {
  const daemon = new Daemon(socket);
  const ended = new AbortController();
  if (listen !== undefined || every !== undefined) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
  }
  if (listen !== undefined) {
    const server = await serveMetrics(parseListenAddress(listen), async (format) => (await daemon.ask(format)).text);
    await new Promise((resolve) => ended.signal.addEventListener('abort', resolve));
    server.close();
    server.closeAllConnections();
    return 0;
  }
  const first = await daemon.ask('prometheus');
  if (textfile === undefined) process.stdout.write(first.text);
  else writeTextfile(textfile, first.text);
  if (textfile === undefined || every === undefined) return first.code;

  const complain = changesOnly();
  for (;;) {
    await sleep(every * 1000, undefined, { signal: ended.signal }).catch(() => undefined);
    if (ended.signal.aborted) return 0;
    const { text } = await daemon.ask('prometheus');
    try {
      writeTextfile(textfile, text);
      complain('');
    } catch (error) {
      // A full disk passes; the file's age tells meanwhile.
      complain(error instanceof Error ? error.message : String(error));
    }
  }
}

/** The daemon at a socket, gone or not. */
class Daemon {
  readonly #socket: string;
  readonly #complain = changesOnly();
  #asking: Promise<StatusDocument | undefined> | undefined;

  constructor(socket: string) {
    this.#socket = socket;
  }

  async ask(format: MetricsFormat): Promise<{ readonly text: string; readonly code: number }> {
    const status = await this.#status();
    const text = await renderMetrics(collectMetrics(status), format);
    return { text, code: status === undefined ? 3 : statusVerdict(status).trusted ? 0 : 1 };
  }

  /** All who ask meanwhile get one answer: the daemon has few connections, and others ask it, too. */
  #status(): Promise<StatusDocument | undefined> {
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #fetch(): Promise<StatusDocument | undefined> {
    try {
      // Said nothing: too many were asking.
      const text = (await fetchStatus(this.#socket)) || (await fetchStatus(this.#socket));
      const status = decodeStatus(text, this.#socket);
      this.#complain('');
      return status;
    } catch (error) {
      this.#complain(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}

/** Says a sentence to stderr when it is another one than before; "": all is well. */
function changesOnly(): (message: string) => void {
  let before = '';
  return (message) => {
    if (message !== before && message !== '') process.stderr.write(`vmclockd: ${printable(message)}\n`);
    before = message;
  };
}
