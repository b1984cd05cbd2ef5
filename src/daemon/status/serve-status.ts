import { chmodSync, lstatSync, mkdirSync, renameSync, type Stats, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { errorCode } from '../error-code.js';
import type { Log } from '../log/log.js';
import type { StatusDocument } from '../status-document.js';
import { checkSocketPath } from './check-socket-path.js';
import { StatusSocketError } from './status-socket-error.js';

/** What the status server is made of. */
export interface StatusServerOptions {
  readonly path: string;
  /** Permission bits of the socket, such as 0o666. */
  readonly mode: number;
  /** Called once per connection. */
  readonly document: () => StatusDocument;
  readonly log: Log;
}

/** A running status server. */
export interface StatusServer {
  /** Stops, and removes the socket where it is still ours. */
  close(): Promise<void>;
}

/** Beyond this the kernel accepts and we hang up: the daemon's memory is not at the mercy of its readers. */
const MOST_CONNECTIONS = 32;
/** A document fits the socket's buffer, so only a reader that is stuck takes longer. */
const LONGEST_CONNECTION_MS = 2000;

/**
 * Writes one JSON document to whoever connects, and hangs up. Nothing is ever read, so a client can ask nothing and
 * send nothing: that is what makes mode 0666 safe.
 *
 * @throws StatusSocketError when the path cannot be had
 */
export async function serveStatus(options: StatusServerOptions): Promise<StatusServer> {
  const { path, log } = options;
  makeDirectory(path);
  await checkSocketPath(path);

  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveOne(socket, options);
  });
  server.maxConnections = MOST_CONNECTIONS;
  const ours = await listen(server, options);
  server.on('error', (error) => log.warn(`status socket ${path}: ${error.message}`));

  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        unlinkIfOurs(path, ours, log);
      }),
  };
}

function serveOne(socket: Socket, { document, path, log }: StatusServerOptions): void {
  // A reader that hangs up early is its own affair.
  socket.on('error', (error) => log.debug(`status socket ${path}: a reader is gone: ${error.message}`));
  let text: string;
  try {
    text = `${JSON.stringify(document())}\n`;
  } catch (error) {
    log.error('the status document could not be made', { error: error instanceof Error ? error : String(error) });
    socket.destroy();
    return;
  }
  const timer = setTimeout(() => socket.destroy(), LONGEST_CONNECTION_MS);
  timer.unref();
  socket.on('close', () => clearTimeout(timer));
  // Once the kernel has all of it the reader can take its time; the connection need not stay.
  socket.end(text, () => socket.destroy());
}

/** The directory itself is made; a missing parent is more likely a wrong path. */
function makeDirectory(path: string): void {
  const directory = dirname(path);
  try {
    mkdirSync(directory);
    // mkdir's mode is subject to the umask, and readers have to get through.
    chmodSync(directory, 0o755);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return;
    throw new StatusSocketError(path, code, `its directory ${directory} cannot be made`);
  }
}

/**
 * Listens under a name of its own, sets the mode, then takes its place. So nobody meets the socket with another
 * mode, and libuv, which at close removes the name it was given, cannot remove the socket of a successor.
 */
async function listen(server: Server, { path, mode }: StatusServerOptions): Promise<Stats> {
  const first = join(dirname(path), `.vmclockd-${process.pid}`);
  rmQuietly(first);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(first, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
    chmodSync(first, mode);
    const ours = lstatSync(first);
    renameSync(first, path);
    return ours;
  } catch (error) {
    server.close();
    rmQuietly(first);
    throw new StatusSocketError(path, errorCode(error), 'it cannot be listened on');
  }
}

function rmQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Usually it is not there; where it cannot be removed, listening on it fails and says so.
  }
}

function unlinkIfOurs(path: string, ours: Stats, log: Log): void {
  try {
    const now = lstatSync(path);
    if (now.ino === ours.ino && now.dev === ours.dev) unlinkSync(path);
  } catch (error) {
    // Somebody removed it already, or its directory.
    if (errorCode(error) !== 'ENOENT') log.warn(`status socket ${path} cannot be removed: ${errorCode(error)}`);
  }
}
