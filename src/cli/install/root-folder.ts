import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The folder that --root means, absolute and without symlinks: "//", "/." and a symlink to "/" are the running system,
 * too, and get its precautions.
 * @throws Error when it is empty, as from a shell variable that is not set
 */
export function rootFolder(root: string): string {
  if (root === '') throw new Error('--root is empty: name a folder, or leave it out to mean the running system');
  const folder = resolve(root);
  return existsSync(folder) ? realpathSync(folder) : folder;
}
