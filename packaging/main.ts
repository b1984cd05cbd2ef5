/** `npm run package`: the Debian package, and beside it what goes into both kinds of package but is made, not kept. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { buildDebianPackage } from './debian-package.js';
import { repositoryRoot } from './repository.js';
import { makeShareFiles } from './share-files.js';

await makeShareFiles();
// What `npm pack` needs is done.
if (!process.argv.includes('--share-only')) {
  const path = await buildDebianPackage();
  const bytes = readFileSync(path);
  const sum = createHash('sha256').update(bytes).digest('hex');
  console.log(`${relative(repositoryRoot, path)}: ${(bytes.length / 1e6).toFixed(2)} MB, sha256 ${sum}`);
  console.log('To install it: apt install ./<that file>; then `vmclockd status`.');
}
