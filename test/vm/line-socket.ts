import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Connects to a unix socket that may not be there yet. */
export async function connectWhenReady(path: string, timeoutMs = 10_000): Promise<Socket> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await new Promise<Socket>((resolve, reject) => {
        const socket = connect(path);
        socket.once('connect', () => resolve(socket));
        socket.once('error', reject);
      });
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`nobody listens on ${path}: ${String(error)}`);
      await delay(20);
    }
  }
}

/** Calls back for each line that arrives on a socket, without its end. */
export function onLines(socket: Socket, callback: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) callback(line.replace(/\r$/, ''));
  });
}
