import type { Remembered } from './feeder-types.js';
import { readBootId } from './state-file/read-boot-id.js';
import type { SavedState } from './state-file/saved-state.js';
import type { StateStore } from './state-file/state-store.js';

/** What the loop remembers, over restarts of the daemon and within one boot. */
export interface Memory {
  /** undefined: there is nothing of this boot. */
  readonly remembered: Remembered | undefined;
  remember(now: Remembered): void;
}

/**
 * A memory in the state file. Another boot voids all of it: its counter is a new one. Another clock voids the
 * time scale.
 */
export function rememberIn(store: StateStore, phcName: string): Memory {
  const bootId = readBootId();
  const saved = store.load();
  const current = saved !== undefined && saved.bootId === bootId ? saved : undefined;
  return {
    remembered: current && fromSaved(current, phcName),
    remember(now) {
      // Where /proc does not tell the boot, nothing could be made of the file afterwards.
      if (bootId === undefined) return;
      store.save({
        bootId,
        marker: now.epoch?.marker ?? null,
        generation: now.epoch?.generation ?? null,
        phcName,
        shiftSeconds: now.shift?.seconds ?? null,
        taiOffset: now.shift?.pageTaiOffsetSeconds ?? null,
        savedAt: new Date().toISOString(),
      });
    },
  };
}

function fromSaved(saved: SavedState, phcName: string): Remembered {
  return {
    epoch: saved.marker === null ? undefined : { marker: saved.marker, generation: saved.generation ?? undefined },
    shift:
      saved.phcName === phcName && saved.shiftSeconds !== null
        ? { seconds: saved.shiftSeconds, pageTaiOffsetSeconds: saved.taiOffset ?? undefined }
        : undefined,
  };
}
