import { build } from 'esbuild';
import { repositoryRoot } from './repository.js';

/**
 * Puts the program and its libraries into a few files: Node then starts in two thirds of the time and with some 2 MB
 * less than when it looks for two hundred. What is loaded only for one command stays in files of its own. koffi stays
 * outside: it loads a compiled half.
 *
 * @param target the folder for main.js and its parts
 * @returns the folders of the libraries that went in: "node_modules/pino"
 */
export async function bundleProgram(target: string): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: repositoryRoot,
    entryPoints: ['build/src/cli/main.js'],
    outdir: target,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['koffi'],
    // Readable in a stack trace; the licences are told in the package's copyright file.
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'error',
    metafile: true,
    // Libraries of the older kind ask for Node's own modules by require().
    banner: {
      js: "import { createRequire as nodeRequire } from 'node:module';\nconst require = nodeRequire(import.meta.url);",
    },
  });
  const folders = Object.keys(metafile.inputs).flatMap((path) => {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
    return folder === undefined ? [] : [folder];
  });
  return [...new Set(folders)].sort();
}
