import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Edit {
  /** Under build/src of the product. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Changes to the compiled product in the image: a daemon broken on purpose, to see that its scenario fails. Not for CI.
 * `last-step` breaks nothing: it logs when the daemon looks last, to measure how long the step after it takes.
 */
export const PATCHES: Readonly<Record<string, readonly Edit[]>> = {
  /** The page is looked at before a reading, and not again before the sample leaves. */
  'last-look': [
    {
      file: 'daemon/feeder.js',
      from: 'if (this.#look() === undefined || knowledge !== this.#knowledge) {',
      to: 'if (knowledge !== this.#knowledge) {',
    },
    { file: 'daemon/feeder.js', from: 'const clearance = this.#look();', to: 'const clearance = { leap: 0 };' },
  ],
  /** Every PHC is taken to tick UTC. */
  scale: [
    {
      file: 'daemon/timescale.js',
      from: 'export function detectTimescale(evidence) {',
      to: "export function detectTimescale(evidence) {\n    return known(0, [], 'broken on purpose');",
    },
  ],
  /** Only the better ioctls are tried. */
  basic: [{ file: 'ioctl/reading.js', from: "'PRECISE', 'EXTENDED', 'BASIC'", to: "'PRECISE', 'EXTENDED'" }],
  'last-step': [
    {
      file: 'daemon/feeder.js',
      from: 'const clearance = this.#look();',
      to: 'const lookedNs = clock.realtimeNs();\n        const clearance = this.#look();',
    },
    {
      file: 'daemon/feeder.js',
      from: 'this.#onSendOutcome(outcome, judged);',
      to: "this.#onSendOutcome(outcome, judged);\n        this.#ports.log.info('last step', { stamp: judged.realtimeNs, looked: lookedNs });",
    },
  ],
};

/** @param product folder of the unpacked package. @throws Error when the product no longer has the place to change. */
export function applyPatch(name: string, product: string): void {
  const edits = PATCHES[name];
  if (edits === undefined) throw new Error(`no patch is named ${name}: there are ${Object.keys(PATCHES).join(', ')}`);
  for (const { file, from, to } of edits) {
    const path = join(product, 'build/src', file);
    const text = readFileSync(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`patch ${name}: ${file} does not have this once: ${from}`);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }
}
