import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseLockfile, productionFolders } from './lockfile.js';
import { packageFolder, readRepositoryFile } from './repository.js';
import { run } from './run.js';

/** Node's names of the processors that a package serves. koffi keeps its compiled half in one package for each. */
const CPUS = ['x64', 'arm64'] as const;

/** What is of no use to a running program: sources, builders, and licence texts, which the copyright file has. */
const UNUSED_FILES = /\.(?:[cm]?ts|map|md|cc|hh|h|inc|S|asm|def|txt)$|^(?:cnoke|trampolines)\.cjs$/;
const UNUSED_FOLDERS = /^(?:docs?|tests?|benchmarks?|examples?|vendor|musl_.*|\.github|\.husky)$/;

/**
 * Lays out node_modules with those packages that cannot be bundled: as locked, checked against the lock file's sums by
 * npm, with their compiled halves for all processors, and without what only developers need.
 *
 * @param target the folder to make, "node_modules" itself
 * @param roots the packages, by folder; what they depend on comes with them
 * @returns the packages that are in it, by folder
 */
export function layOutModules(target: string, roots: readonly string[]): readonly string[] {
  const lock = readRepositoryFile('package-lock.json');
  const wanted = productionFolders(parseLockfile(lock), roots);
  const laid = new Set<string>();
  for (const cpu of CPUS) {
    const staging = join(packageFolder, `modules-${cpu}`);
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { recursive: true });
    writeFileSync(join(staging, 'package-lock.json'), lock);
    writeFileSync(join(staging, 'package.json'), readRepositoryFile('package.json'));
    run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--os=linux', `--cpu=${cpu}`], {
      cwd: staging,
    });
    for (const folder of wanted) {
      const from = join(staging, folder);
      // The lock names koffi for every system there is; npm has installed the one that was asked for.
      if (!existsSync(from) || laid.has(folder)) continue;
      laid.add(folder);
      cpSync(from, join(target, folder.slice('node_modules/'.length)), { recursive: true, filter: isNeeded(from) });
    }
    rmSync(staging, { recursive: true });
  }
  run('find', [target, '-type', 'd', '-empty', '-delete']);
  return [...laid].sort();
}

function isNeeded(root: string): (path: string) => boolean {
  return (path) => {
    const inside = path.slice(root.length).split('/').filter(Boolean);
    // Packages below have a turn of their own.
    if (inside.includes('node_modules') || inside.some((name) => UNUSED_FOLDERS.test(name))) return false;
    return inside.length === 0 || !UNUSED_FILES.test(basename(path));
  };
}
