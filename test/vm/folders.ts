import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root: the nearest folder above this file with a package.json. */
export const projectRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('no package.json above the VM bench: run it from a checkout');
    folder = parent;
  }
  return folder;
})();

/** Where the bench keeps what it downloads and builds; ignored by git, safe to delete. */
export const cacheFolder = join(projectRoot, '.cache', 'vm');

/** The programs that run inside the guest. They are not compiled, so they are taken from the source tree. */
export const guestToolsFolder = join(projectRoot, 'test', 'vm', 'guest');
