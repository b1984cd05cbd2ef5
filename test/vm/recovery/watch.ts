import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { projectRoot } from '../folders.js';
import type { Guest } from '../guest.js';
import { parseTrace, type Trace } from './trace.js';

const WATCHER = '/run/watch-recovery.py';
const OUTPUT = '/run/watch-recovery.txt';
/** The watcher sees the clock undisturbed for so long, s. */
const BEFORE_SECONDS = 1;

export interface WatchOptions {
  readonly seconds: number;
  readonly shiftSeconds: number;
  /** How often chronyd and vmclockd are asked what they claim; 0: never. */
  readonly trackingHertz: number;
  readonly statusHertz: number;
  /** Another source of truth than the PHC; see watch-recovery.py. */
  readonly flags?: string;
}

/** Puts the watcher into the guest. */
export async function installWatcher(guest: Guest): Promise<void> {
  await guest.shell.put(WATCHER, readFileSync(join(projectRoot, 'test/vm/recovery/watch-recovery.py')));
}

/** Watches while something happens to the guest's clock. */
export async function watched(guest: Guest, options: WatchOptions, happens: () => Promise<void>): Promise<Trace> {
  const { seconds, shiftSeconds, trackingHertz, statusHertz, flags = '' } = options;
  await guest.shell.start(
    `python3 ${WATCHER} --seconds ${seconds + BEFORE_SECONDS} --tracking-hertz ${trackingHertz} --status-hertz ${statusHertz} ${flags}`,
    OUTPUT,
  );
  await guest.shell.output(
    `for i in $(seq 300); do grep -q '^# watching' ${OUTPUT} && exit 0; sleep 0.1; done; tail ${OUTPUT}; exit 1`,
    60_000,
  );
  await delay(BEFORE_SECONDS * 1000);
  await happens();
  await delay(seconds * 1000);
  await guest.shell.output(
    `for i in $(seq 200); do grep -q '^# done' ${OUTPUT} && exit 0; sleep 0.3; done; tail ${OUTPUT}; exit 1`,
    120_000,
  );
  return parseTrace(await guest.shell.output(`cat ${OUTPUT}`, 60_000), shiftSeconds);
}
