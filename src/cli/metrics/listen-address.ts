import { isIP } from 'node:net';

/** Where the metrics are served. */
export interface ListenAddress {
  readonly host: string;
  /** 1 … 65535. */
  readonly port: number;
}

/**
 * Reads `PORT` (then the loopback 127.0.0.1), `ADDRESS:PORT` or `[IPv6]:PORT`. Other addresses than the loopback's
 * have to be named: nothing is ever served to a network by default.
 *
 * @throws Error that says what is wrong
 */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65535) {
    throw new Error(`--listen takes a port (127.0.0.1 then), ADDRESS:PORT or [IPv6]:PORT, not ${text}`);
  }
  const host = match[1] ?? match[2] ?? '127.0.0.1';
  if (match[1] !== undefined ? isIP(host) !== 6 : isIP(host) !== 4) {
    throw new Error(`--listen takes an IP address, not a name: ${host} in ${text}. For this machine alone: 127.0.0.1`);
  }
  return { host, port };
}
