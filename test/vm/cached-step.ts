import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface CachedStep {
  /** For people: what is being prepared. */
  readonly what: string;
  /** File or folder the step makes. */
  readonly output: string;
  /** All the step depends on; a change makes it run again. */
  readonly inputs: unknown;
  /** Makes the output at another path, which takes its place when complete. */
  build(temporary: string): Promise<void>;
}

/**
 * Runs a step unless its output is there and was made from the same inputs. Whatever interrupts it, the next run
 * starts that step afresh: the output appears complete or not at all.
 */
export async function cachedStep(step: CachedStep): Promise<void> {
  const stamp = `${step.output}.stamp`;
  const key = createHash('sha256').update(JSON.stringify(step.inputs)).digest('hex');
  if (existsSync(step.output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  const started = performance.now();
  process.stderr.write(`preparing ${step.what} … `);
  const temporary = `${step.output}.tmp`;
  for (const path of [stamp, temporary, step.output]) rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(step.output), { recursive: true });
  try {
    await step.build(temporary);
  } catch (error) {
    process.stderr.write('failed\n');
    throw new Error(`could not prepare ${step.what}: ${error instanceof Error ? error.message : String(error)}`);
  }
  renameSync(temporary, step.output);
  writeFileSync(stamp, key);
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}
