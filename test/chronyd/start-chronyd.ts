import { setTimeout as sleep } from 'node:timers/promises';
import { ensureChronyd } from '../../src/cli/find-chronyd.js';
import { PrivateChronyd } from '../../src/cli/private-chronyd.js';

/** Generous: a busy machine is no reason to fail. Nothing here asserts how long a thing takes. */
export const PATIENCE_MS = 60_000;

/** Waits until `look` gives something; throws with `what` and `state()` when it does not within PATIENCE_MS. */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  state: () => string = () => '',
): Promise<T> {
  for (let waited = 0; waited < PATIENCE_MS; waited += 20) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await sleep(20);
  }
  throw new Error(`waited in vain: ${what}\n${state()}`);
}

/**
 * Starts a real chronyd of our own.
 *
 * @throws Error with the sentence how to get a chronyd, when there is none: this tier is never skipped
 */
export async function startChronyd(
  refclockOptions = 'refid VMCK poll -2 filter 4 precision 1e-9',
): Promise<PrivateChronyd> {
  const said: string[] = [];
  const found = await ensureChronyd({ fetch: true, log: (line) => said.push(line) });
  if (found === undefined) throw new Error(said.join('\n'));
  const chronyd = new PrivateChronyd(found, refclockOptions);
  await chronyd.start();
  return chronyd;
}
