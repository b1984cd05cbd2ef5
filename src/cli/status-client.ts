import { connect } from 'node:net';
import { errorCode } from '../daemon/error-code.js';

/** A document is some kilobytes; what sends more than this is not vmclockd. */
const LONGEST_DOCUMENT = 1 << 20;

/** No document could be had: why, and what to do about it. */
export class StatusUnreachableError extends Error {
  override readonly name = 'StatusUnreachableError';
  /** errno name; "ETIMEDOUT" when what listens did not finish in time, "EMSGSIZE" when it did not stop. */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Reads the document that a daemon writes to its status socket.
 *
 * @throws StatusUnreachableError
 */
export function fetchStatus(path: string, timeoutMs = 5000): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let total = 0;
    const socket = connect(path);
    const fail = (message: string, code: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new StatusUnreachableError(message, code));
    };
    // For the whole: something that sends a byte now and then must not hold us either.
    const timer = setTimeout(
      () =>
        fail(
          `what listens at ${path} does not answer within ${timeoutMs / 1000} s: is it vmclockd? See \`ss -xlp src ${path}\``,
          'ETIMEDOUT',
        ),
      timeoutMs,
    );
    socket.on('data', (chunk) => {
      total += chunk.length;
      chunks.push(chunk);
      if (total > LONGEST_DOCUMENT)
        fail(`what listens at ${path} sends more than ${LONGEST_DOCUMENT} bytes: it is not vmclockd`, 'EMSGSIZE');
    });
    socket.on('error', (error) => fail(describe(path, errorCode(error)), errorCode(error)));
    socket.on('end', () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
}

const HOW_TO_START = 'start it with `systemctl start vmclockd`, or by hand with `vmclockd run`';
const WRONG_PATH = 'name its socket with --socket if it has another (`status_socket` in its configuration)';

function describe(path: string, code: string): string {
  switch (code) {
    case 'ENOENT':
      return `no daemon: there is no socket ${path}. If vmclockd is not running, ${HOW_TO_START}; ${WRONG_PATH}`;
    case 'ECONNREFUSED':
      return `no daemon: nobody listens at ${path} any more. See why with \`journalctl -u vmclockd\`; ${HOW_TO_START}`;
    case 'EACCES':
      return `no permission to connect to ${path}: EACCES. Ask as root, or set \`status_socket_mode\` in its configuration`;
    default:
      return `cannot connect to ${path}: ${code}. ${WRONG_PATH.replace(/^n/, 'N')}`;
  }
}
