import { createHash } from 'node:crypto';
import type { Manifest } from './manifest.js';

/** A file as it shall be. */
export interface WantedFile {
  readonly to: string;
  readonly text: string;
  readonly configuration: boolean;
}

/** One thing to do, and what people are told about it. */
export type Step =
  | { readonly kind: 'write'; readonly path: string; readonly text: string; readonly replaces: boolean }
  /** Configuration that the administrator has changed stays; ours goes beside it. */
  | { readonly kind: 'beside'; readonly path: string; readonly text: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'keep'; readonly path: string; readonly why: string };

/** What to do, and what the manifest says afterwards. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly manifest: Manifest;
}

/** What stands at a path; undefined when there is nothing. */
export type ReadPresent = (path: string) => string | undefined;

export function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The steps from what is there to what is wanted. Done twice, the second time is nothing but "unchanged". */
export function planInstall(wanted: readonly WantedFile[], before: Manifest, present: ReadPresent): Plan {
  const manifest = new Map<string, string>();
  const steps = wanted.map(({ to: path, text, configuration }): Step => {
    const there = present(path);
    manifest.set(path, sumOf(text));
    if (there === text) return { kind: 'keep', path, why: 'unchanged' };
    if (there === undefined) return { kind: 'write', path, text, replaces: false };
    const ours = before.get(path) === sumOf(there);
    if (!configuration || ours) return { kind: 'write', path, text, replaces: true };
    // Still not ours: a later install or uninstall must see that it was changed.
    manifest.set(path, before.get(path) ?? sumOf(text));
    const beside = `${path}.new`;
    if (present(beside) === text) return { kind: 'keep', path, why: `changed here; the new one is in ${beside}` };
    return { kind: 'beside', path: beside, text };
  });
  const gone = [...before].filter(([path]) => !manifest.has(path));
  return { steps: [...steps, ...gone.flatMap(([path, sum]) => removal(path, sum, present))], manifest };
}

/** The steps that take away what was written, but for what has been changed since. */
export function planUninstall(before: Manifest, present: ReadPresent): readonly Step[] {
  return [...before].flatMap(([path, sum]) => removal(path, sum, present));
}

function removal(path: string, sum: string, present: ReadPresent): readonly Step[] {
  const there = present(path);
  if (there === undefined) return [];
  const beside: readonly Step[] = present(`${path}.new`) === undefined ? [] : [{ kind: 'remove', path: `${path}.new` }];
  if (sumOf(there) !== sum) return [...beside, { kind: 'keep', path, why: 'changed since it was installed' }];
  return [...beside, { kind: 'remove', path }];
}
