#!/usr/bin/env node
// Gets a chronyd to test and demonstrate with: the installed one, or a private copy of the distribution's
// package in .cache (nothing is installed, no root is needed).
//
//   node scripts/fetch-chronyd.mjs          this machine's release
//   node scripts/fetch-chronyd.mjs trixie   another one, with its own libc
//
// Prints the path of the chronyd; exits 1 with one sentence when there is none.
const [suite] = process.argv.slice(2);

let ensureChronyd;
try {
  ({ ensureChronyd } = await import('../build/src/cli/find-chronyd.js'));
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('The program is not built: run `npm run build` first.');
  process.exit(1);
}

const chronyd = await ensureChronyd({
  fetch: true,
  log: (line) => console.error(line),
  ...(suite === undefined ? {} : { suite }),
});
if (chronyd === undefined) process.exit(1);
console.error(`chronyd ${chronyd.version}`);
console.log(chronyd.path);
