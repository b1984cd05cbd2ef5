import { setTimeout as sleep } from 'node:timers/promises';
import { wantsColour } from '../format-tone.js';
import { decodeStatus } from '../status.js';
import { fetchStatus } from '../status-client.js';
import { watchFrame } from './watch-frame.js';
import { NO_HISTORY, type Observation, observe } from './watch-history.js';
import { watchLine } from './watch-line.js';
import { WatchScreen } from './watch-screen.js';

/** A daemon that needs longer is told to be away. */
const ANSWER_TIMEOUT_MS = 2000;

/** Flags of `vmclockd status --watch`. */
export interface WatchArguments {
  readonly socket: string;
  /** Seconds between two looks. */
  readonly every: number;
}

/**
 * `vmclockd status --watch`: a screen on a terminal, a line per look anywhere else. Ends by q, Ctrl-C or a signal.
 *
 * @returns the exit code, 0
 */
export async function watchCommand({ socket, every }: WatchArguments): Promise<number> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  const rest = () => sleep(every * 1000, undefined, { signal: ended.signal }).catch(() => undefined);

  if (!process.stdout.isTTY || process.env['TERM'] === 'dumb') {
    while (!ended.signal.aborted) {
      process.stdout.write(`${watchLine(await look(socket), new Date().toISOString())}\n`);
      await rest();
    }
    return 0;
  }

  let history = NO_HISTORY;
  const draw = (): void => {
    const footer = `q quits, every ${every} s, ▼ disruption, r recovering, h holding, × away, ${socket}`;
    screen.draw(watchFrame(history, { ...screen.size, nowSeconds: nowSeconds(), footer }));
  };
  const screen = new WatchScreen({
    output: process.stdout,
    input: process.stdin,
    colour: wantsColour(process.stdout, process.env),
    onQuit: end,
    onRedraw: draw,
  });
  screen.enter();
  try {
    draw();
    while (!ended.signal.aborted) {
      history = observe(history, await look(socket));
      draw();
      await rest();
    }
  } finally {
    screen.leave();
  }
  return 0;
}

async function look(socket: string): Promise<Observation> {
  try {
    const status = decodeStatus(await fetchStatus(socket, ANSWER_TIMEOUT_MS), socket);
    return { atSeconds: nowSeconds(), status, error: '' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { atSeconds: nowSeconds(), status: undefined, error: message };
  }
}

/** Never steps, whatever happens to the clock that is watched. */
function nowSeconds(): number {
  return performance.now() / 1000;
}
