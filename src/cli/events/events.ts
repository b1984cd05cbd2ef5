import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStatus, StatusDocument } from '../../daemon/status-document.js';
import { printable } from '../format-text.js';
import { decodeStatus } from '../status.js';
import { fetchStatus } from '../status-client.js';
import { EventFollower, type EventNews } from './event-follower.js';

const FOLLOW_MS = 500;
const EXIT_NO_DAEMON = 3;

/** Flags of `vmclockd events`. */
export interface EventsArguments {
  readonly socket: string;
  /** Goes on until it is ended. */
  readonly follow: boolean;
  /** One JSON object per line. */
  readonly json: boolean;
}

/**
 * `vmclockd events`: what has happened since the daemon started, and with `follow` what happens from now on. A daemon that
 * is away is waited for.
 *
 * @returns the exit code: 0, or 3 when no daemon answers (never with `follow`)
 */
export async function eventsCommand({ socket, follow, json }: EventsArguments): Promise<number> {
  const follower = new EventFollower();
  const ended = new AbortController();
  if (follow) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => ended.abort());
  let away = '';
  do {
    const status = await statusOf(socket);
    if ('error' in status) {
      if (status.error !== away) process.stderr.write(`vmclockd: ${printable(status.error)}\n`);
      if (!follow) return EXIT_NO_DAEMON;
      away = status.error;
    } else {
      away = '';
      for (const news of follower.take(status.document)) tell(news, json);
    }
    if (follow) await sleep(FOLLOW_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  } while (follow && !ended.signal.aborted);
  return 0;
}

async function statusOf(socket: string): Promise<{ readonly document: StatusDocument } | { readonly error: string }> {
  try {
    return { document: decodeStatus(await fetchStatus(socket), socket) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function tell(news: EventNews, json: boolean): void {
  if (news.kind === 'event') {
    process.stdout.write(json ? `${jsonLine(news.event)}\n` : `${eventLine(news.event)}\n`);
  } else if (news.kind === 'missed') {
    process.stderr.write(`vmclockd: ${news.count} events in between are no longer kept\n`);
  } else {
    process.stderr.write(`vmclockd: the daemon was restarted (pid ${news.pid})\n`);
  }
}

/** JSON that no terminal takes for commands: C1 controls and marks of direction are escaped, too. */
function jsonLine(event: EventStatus): string {
  return JSON.stringify(event).replace(
    /[\u007f-\u009f]|\p{Cf}/gu,
    (c) =>
      `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}${c.length > 1 ? `\\u${c.charCodeAt(1).toString(16)}` : ''}`,
  );
}

const KIND_WIDTH = 'disruption-unannounced'.length;

/** One line for people. */
export function eventLine({ at, kind, message }: EventStatus): string {
  return `${printable(at)}  ${kind.padEnd(KIND_WIDTH)}  ${printable(message)}`;
}
