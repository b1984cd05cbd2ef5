import * as v from 'valibot';
import type { StatusDocument } from '../daemon/status-document.js';
import { formatStatus } from './format-status.js';
import { printable } from './format-text.js';
import { renderLines, wantsColour } from './format-tone.js';
import { fetchStatus } from './status-client.js';
import { statusSchema } from './status-schema.js';
import { statusVerdict } from './status-verdict.js';

/** Flags of `vmclockd status`. */
export interface StatusArguments {
  readonly socket: string;
  /** Print the document as received. */
  readonly json: boolean;
}

/**
 * `vmclockd status`.
 *
 * @returns the exit code: 0 the clock can be trusted (the daemon feeds, and chronyd is synchronised to it); 1 not;
 * 3 no daemon, or what answers is none
 */
export async function statusCommand({ socket, json }: StatusArguments): Promise<number> {
  let text: string;
  let status: StatusDocument;
  try {
    text = await fetchStatus(socket);
    status = decodeStatus(text, socket);
  } catch (error) {
    process.stderr.write(`vmclockd: ${printable(error instanceof Error ? error.message : String(error))}\n`);
    return 3;
  }
  if (json) process.stdout.write(text);
  else process.stdout.write(renderLines(formatStatus(status), wantsColour(process.stdout, process.env)));
  return statusVerdict(status).trusted ? 0 : 1;
}

/** @throws Error that names the first member that is wrong */
export function decodeStatus(text: string, socket: string): StatusDocument {
  if (text === '')
    throw new Error(`the daemon at ${socket} hung up without a word: too many ask at once, or see its log`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`what answers at ${socket} is not vmclockd: not JSON: ${text.slice(0, 60)}`);
  }
  const result = v.safeParse(statusSchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'the whole';
  if (where === 'schema' && typeof issue.input === 'number') {
    throw new Error(`the daemon at ${socket} writes status schema ${issue.received}, this program reads 1: update it`);
  }
  throw new Error(`what answers at ${socket} is not vmclockd's status: ${where}: ${issue.message}`);
}
