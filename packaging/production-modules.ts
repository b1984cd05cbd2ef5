import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type LockedPackage, parseLockfile, productionFolders } from './lockfile.js';
import { packageFolder, readRepositoryFile } from './repository.js';
import { run } from './run.js';

/** Node's names of the processors that a package serves. koffi keeps its compiled half in one package for each. */
const CPUS = ['x64', 'arm64'] as const;

/** What is of no use to a running program. Licence texts stay. */
const UNUSED_FILES = /\.(?:[cm]?ts|map|md|cc|hh|h|inc|S|asm|def|yml|gyp)$|^CMakeLists\.txt$/;
const KEPT_FILES = /^(?:licen[cs]e|copying|notice)/i;
const UNUSED_FOLDERS = /^(?:docs?|tests?|benchmarks?|examples?|vendor|musl_.*|\.github|\.husky)$/;

/**
 * Lays out node_modules for production: the locked packages, checked against the lock file's sums by npm, with
 * koffi's compiled halves for all processors, and without what only developers need.
 *
 * @param target the folder to make, "node_modules" itself
 * @returns the packages that are in it, by folder
 */
export function layOutModules(target: string): ReadonlyMap<string, LockedPackage> {
  const lock = readRepositoryFile('package-lock.json');
  const packages = parseLockfile(lock);
  const wanted = productionFolders(packages);
  const laid = new Map<string, LockedPackage>();
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
      const [from, locked] = [join(staging, folder), packages.get(folder)];
      // The lock names koffi for every system there is; npm has installed the one that was asked for.
      if (!existsSync(from) || locked === undefined || laid.has(folder)) continue;
      laid.set(folder, locked);
      cpSync(from, join(target, folder.slice('node_modules/'.length)), { recursive: true, filter: isNeeded(from) });
    }
    rmSync(staging, { recursive: true });
  }
  run('find', [target, '-type', 'd', '-empty', '-delete']);
  return laid;
}

function isNeeded(root: string): (path: string) => boolean {
  return (path) => {
    const inside = path.slice(root.length).split('/').filter(Boolean);
    // Packages below have a turn of their own.
    if (inside.includes('node_modules') || inside.some((name) => UNUSED_FOLDERS.test(name))) return false;
    const name = basename(path);
    return KEPT_FILES.test(name) || inside.length === 0 || !UNUSED_FILES.test(name);
  };
}
