import { lstatSync } from 'node:fs';
import { connect } from 'node:net';
import { errorCode } from '../error-code.js';
import { StatusSocketError } from './status-socket-error.js';

/** sun_path holds 108 bytes with the closing NUL; libuv would cut a longer one off without a word. */
const LONGEST_PATH = 107;
/** Our listening name beside it, `.vmclockd-<pid>`, has to fit as well. */
const LONGEST_OWN_NAME = '/.vmclockd-4194304'.length;

/**
 * Makes sure that a unix socket may be renamed to `path`: nothing is there, or a stale socket on which nobody listens.
 *
 * @throws StatusSocketError when somebody listens there, when it is not a socket, or when the path is too long
 */
export async function checkSocketPath(path: string): Promise<void> {
  const directory = Buffer.byteLength(path.slice(0, path.lastIndexOf('/')));
  if (Buffer.byteLength(path) > LONGEST_PATH || directory + LONGEST_OWN_NAME > LONGEST_PATH) {
    throw new StatusSocketError(path, 'ENAMETOOLONG', 'the path is too long');
  }
  try {
    if (!lstatSync(path).isSocket()) throw new StatusSocketError(path, 'ENOTSOCK', 'something else is there');
  } catch (error) {
    if (error instanceof StatusSocketError) throw error;
    const code = errorCode(error);
    if (code === 'ENOENT') return;
    throw new StatusSocketError(path, code, 'it cannot be looked at');
  }
  const code = await tryConnect(path);
  // EAGAIN: so many wait to be accepted that no more can; somebody is there.
  if (code === 'connected' || code === 'EAGAIN') throw new StatusSocketError(path, 'EADDRINUSE', 'it is in use');
  // ECONNREFUSED: stale, its daemon ended without a goodbye. The rename puts ours in its place.
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return;
  throw new StatusSocketError(path, code, 'whether it is in use cannot be told');
}

/** "connected", or the errno name of the failure. */
function tryConnect(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve('connected');
    });
    socket.once('error', (error) => resolve(errorCode(error)));
  });
}
