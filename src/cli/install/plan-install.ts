import { createHash } from 'node:crypto';
import type { Manifest } from './manifest.js';

/** A file as it shall be. */
export interface WantedFile {
  readonly to: string;
  readonly text: string;
}

/** One thing to do, and what people are told about it. */
export type Step =
  | { readonly kind: 'write'; readonly path: string; readonly text: string; readonly replaces: boolean }
  /** What the administrator has changed, or somebody else has written, stays; ours goes beside it. */
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

/** Paths that must not be taken away yet, each with the reason. */
export type Held = ReadonlyMap<string, string>;

/**
 * The steps from what is there to what is wanted. Done twice, the second time is nothing but "unchanged". The manifest
 * has only what was written by us, now or earlier: what is not in it is somebody else's, and is left alone.
 */
export function planInstall(
  wanted: readonly WantedFile[],
  before: Manifest,
  present: ReadPresent,
  held: Held = new Map(),
): Plan {
  const manifest = new Map<string, string>();
  const writtenBefore = (path: string, there: string) => before.get(path) === sumOf(there);
  const keepRecord = (path: string) => {
    const sum = before.get(path);
    if (sum !== undefined) manifest.set(path, sum);
  };
  const steps = wanted.map(({ to: path, text }): Step => {
    const there = present(path);
    if (there === text) {
      if (before.has(path)) manifest.set(path, sumOf(text));
      return { kind: 'keep', path, why: 'unchanged' };
    }
    if (there === undefined || writtenBefore(path, there)) {
      manifest.set(path, sumOf(text));
      return { kind: 'write', path, text, replaces: there !== undefined };
    }
    // Still not ours: a later install or uninstall must see that it was changed.
    keepRecord(path);
    const beside = `${path}.new`;
    const besideThere = present(beside);
    if (besideThere === undefined || (besideThere !== text && writtenBefore(beside, besideThere))) {
      manifest.set(beside, sumOf(text));
      return { kind: 'beside', path: beside, text };
    }
    keepRecord(beside);
    if (besideThere === text) return { kind: 'keep', path, why: `not as we wrote it; ours is in ${beside}` };
    return { kind: 'keep', path, why: `not as we wrote it, nor is ${beside}: move that away to see ours` };
  });
  const gone = [...before].filter(([path]) => !manifest.has(path));
  for (const [path] of gone) if (held.has(path)) keepRecord(path);
  return { steps: [...steps, ...gone.flatMap(([path, sum]) => removal(path, sum, present, held))], manifest };
}

/** The steps that take away what was written, but for what has been changed since and what is held. */
export function planUninstall(before: Manifest, present: ReadPresent, held: Held = new Map()): readonly Step[] {
  return [...before].flatMap(([path, sum]) => removal(path, sum, present, held));
}

function removal(path: string, sum: string, present: ReadPresent, held: Held): readonly Step[] {
  const there = present(path);
  if (there === undefined) return [];
  if (sumOf(there) !== sum) return [{ kind: 'keep', path, why: 'changed since it was installed' }];
  const why = held.get(path);
  return [why === undefined ? { kind: 'remove', path } : { kind: 'keep', path, why }];
}
