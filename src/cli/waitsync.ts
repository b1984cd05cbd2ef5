import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from './format-quantity.js';
import { printable } from './format-text.js';
import { type Answer, boundTooSmall } from './judge-wait.js';
import { decodeStatus } from './status.js';
import { fetchStatus, StatusUnreachableError } from './status-client.js';
import { waitUntilTrusted } from './wait-until-trusted.js';

/** Flags of `vmclockd waitsync`. */
export interface WaitsyncArguments {
  readonly socket: string;
  /** Seconds; 0: for ever. */
  readonly timeout: number;
  /** ns; undefined: any bound will do. */
  readonly maxBound: number | undefined;
  /** Progress even where nobody looks. */
  readonly verbose: boolean;
}

const EXIT = { trusted: 0, timeout: 1, never: 2 } as const;

/**
 * `vmclockd waitsync`.
 *
 * @returns the exit code: 0 the clock can be trusted (as `vmclockd status` says it) and within the bound; 1 not in time;
 * 2 waiting does not help
 */
export async function waitsyncCommand(args: WaitsyncArguments): Promise<number> {
  const say = (text: string): void => void process.stderr.write(`vmclockd: ${printable(text)}\n`);
  const hopeless = boundTooSmall(args.maxBound);
  if (hopeless !== undefined) {
    say(hopeless);
    return EXIT.never;
  }
  const talkative = args.verbose || process.stderr.isTTY === true;
  const outcome = await waitUntilTrusted(
    { timeoutMs: args.timeout === 0 ? undefined : args.timeout * 1000, maxBoundNs: args.maxBound },
    {
      ask: (timeoutMs) => askDaemon(args.socket, timeoutMs),
      nowMs: () => performance.now(),
      sleep: (ms) => sleep(ms),
      progress: (reason) => {
        if (talkative) say(`waiting: ${reason}`);
      },
    },
  );
  switch (outcome.kind) {
    case 'trusted':
      if (talkative) say(`${outcome.sentence} (waited ${formatDuration(outcome.waitedMs / 1000)})`);
      break;
    case 'timeout':
      say(`the clock could not be trusted within ${formatDuration(args.timeout)}. ${outcome.reason}`);
      break;
    case 'never':
      say(`waiting does not help: ${outcome.reason}`);
      break;
  }
  return EXIT[outcome.kind];
}

/** Troubles of the socket that end by themselves: the daemon has not started yet, is starting again, or is busy. */
const PASSING: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EAGAIN', 'ETIMEDOUT']);

async function askDaemon(socket: string, timeoutMs: number): Promise<Answer> {
  let text: string;
  try {
    text = await fetchStatus(socket, timeoutMs);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const passing = error instanceof StatusUnreachableError && PASSING.has(error.code);
    return { kind: passing ? 'silence' : 'refusal', reason };
  }
  // Too many ask at once: the daemon hangs up on some of us.
  if (text === '') return { kind: 'silence', reason: `the daemon at ${socket} hung up without a word` };
  try {
    return { kind: 'status', status: decodeStatus(text, socket) };
  } catch (error) {
    return { kind: 'refusal', reason: error instanceof Error ? error.message : String(error) };
  }
}
