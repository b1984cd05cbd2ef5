import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { VmclockPageFile } from '../../src/sim/vmclock-page-file.js';
import { PLAIN_PAGE } from './vmclock-pages.js';
import { scratchDirectory } from './vmclock-scratch.js';
import type { TornReport } from './vmclock-torn-reader.js';

const SNAPSHOTS = 1_000_000;
const TIMEOUT_MS = 120_000;

let scratch: ReturnType<typeof scratchDirectory>;
const children: ChildProcess[] = [];

beforeEach(() => {
  scratch = scratchDirectory();
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill();
  scratch.remove();
});

/** Starts a compiled helper beside this file and waits for its first message. */
async function firstMessage(helper: string, args: readonly string[]): Promise<unknown> {
  const child = fork(fileURLToPath(new URL(helper, import.meta.url)), args, { execArgv: [] });
  children.push(child);
  const died = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${helper} ended: code ${code}, signal ${signal}`);
  });
  died.catch(() => {});
  const [message] = await Promise.race([once(child, 'message'), died]);
  return message;
}

function isReport(message: unknown): message is TornReport {
  return typeof message === 'object' && message !== null && 'torn' in message && 'settled' in message;
}

test(
  'VmclockSeqlock.snapshot() is never torn in a million snapshots of a mapped page that another process hammers',
  async () => {
    const path = scratch.file('vmclock0');
    new VmclockPageFile(path, { ...PLAIN_PAGE, seqCount: 0 }).close();
    await firstMessage('./vmclock-hammer.js', [path]);
    const report = await firstMessage('./vmclock-torn-reader.js', [path, String(SNAPSHOTS)]);
    if (!isReport(report)) throw new Error(`no report: ${JSON.stringify(report)}`);
    if (process.env['VMCLOCK_TORN_VERBOSE'] !== undefined) process.stderr.write(`${JSON.stringify(report)}\n`);
    expect(report.settled).toBe(SNAPSHOTS);
    expect(report.torn).toBe(0);
    // Else nothing was hammered and the test said nothing.
    expect(report.changes).toBeGreaterThan(2000);
  },
  TIMEOUT_MS,
);
