import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DEBIAN_PACKAGE, installedFiles } from '../src/cli/install/installed-files.js';
import { readVersion } from '../src/cli/version.js';
import { bundleProgram } from './bundle.js';
import { controlFile, copyrightFile, debianChangelog, type LicensedModule } from './debian-control.js';
import { parseLockfile } from './lockfile.js';
import { layOutModules } from './production-modules.js';
import { packageFolder, readRepositoryFile, repositoryRoot } from './repository.js';
import { run } from './run.js';
import { sourceDate } from './source-date.js';
import { filesOf, normalise, put, putCompressed } from './tree.js';

const PROGRAM = 'usr/lib/vmclockd';
const DOCUMENTS = 'usr/share/doc/vmclockd';
const MAIN = `${PROGRAM}/build/src/cli/main.js`;
const SCRIPTS = ['postinst', 'prerm', 'postrm'];

/**
 * Builds the Debian package out of the compiled program. The same sources give the same package, byte for byte, with
 * the same dpkg-deb.
 *
 * @returns the path of the package
 */
export async function buildDebianPackage(): Promise<string> {
  const version = readVersion();
  const maintainer = `${process.env['DEBFULLNAME'] ?? 'The vmclockd authors'} <${process.env['DEBEMAIL'] ?? 'vmclockd@localhost'}>`;
  const seconds = sourceDate();
  const root = join(packageFolder, 'deb');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });

  const bundled = await putProgram(root);
  const modules = layOutModules(join(root, PROGRAM, 'node_modules'), ['node_modules/koffi']);
  tryProgram(join(root, MAIN));
  const conffiles: string[] = [];
  for (const { from, to, configuration } of installedFiles(DEBIAN_PACKAGE)) {
    const content = readRepositoryFile(from);
    // Debian's man pages are compressed; nothing else here is read by something that could unpack it.
    if (to.includes('/man/')) putCompressed(root, to, content);
    else put(root, to, content);
    if (configuration) conffiles.push(to);
  }
  const licensed = licences([...bundled, ...modules]);
  put(root, `${DOCUMENTS}/copyright`, copyrightFile(readRepositoryFile('LICENSE'), licensed));
  putCompressed(root, `${DOCUMENTS}/changelog`, debianChangelog(version, maintainer, seconds));
  putCompressed(root, `${DOCUMENTS}/NEWS`, readRepositoryFile('CHANGELOG.md'));
  for (const name of ['README.md', ...documents()]) put(root, `${DOCUMENTS}/${name}`, readRepositoryFile(name));

  const files = filesOf(root);
  const installedKiB = files.reduce((sum, path) => sum + Math.ceil(lstatSync(join(root, path)).size / 1024), 0);
  put(root, 'DEBIAN/control', controlFile({ version, maintainer, installedKiB }));
  put(root, 'DEBIAN/conffiles', conffiles.map((path) => `${path}\n`).join(''));
  put(root, 'DEBIAN/md5sums', files.map((path) => md5Line(root, path)).join(''));
  for (const name of SCRIPTS) put(root, `DEBIAN/${name}`, readRepositoryFile(`packaging/debian/${name}`));
  normalise(root, seconds, new Set([MAIN, ...SCRIPTS.map((name) => `DEBIAN/${name}`)]));

  const target = join(packageFolder, `vmclockd_${version}_all.deb`);
  run('dpkg-deb', ['--root-owner-group', '-Zxz', '--threads-max=1', '--build', root, target], {
    env: { SOURCE_DATE_EPOCH: String(seconds) },
  });
  return target;
}

/** The program in few files, started by the distribution's Node. @returns the libraries that are in them */
async function putProgram(root: string): Promise<readonly string[]> {
  if (!existsSync(join(repositoryRoot, 'build/src/cli/main.js')))
    throw new Error('nothing to package: npm run build comes first');
  const libraries = await bundleProgram(join(root, dirname(MAIN)));
  const [first, ...rest] = readFileSync(join(root, MAIN), 'utf8').split('\n');
  if (first !== '#!/usr/bin/env node') throw new Error(`main.js does not begin as expected: ${first}`);
  // Another node in root's PATH is not the one the package depends on.
  put(root, MAIN, ['#!/usr/bin/node', ...rest].join('\n'));
  put(root, `${PROGRAM}/package.json`, readRepositoryFile('package.json'));
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  symlinkSync(relative('usr/bin', MAIN), join(root, 'usr/bin/vmclockd'));
  return libraries;
}

/** A bundle that cannot load its parts, or koffi, must not become a package. */
function tryProgram(main: string): void {
  const { stdout, stderr } = spawnSync(process.execPath, [main, 'probe', '--json'], { encoding: 'utf8' });
  // Whether there is a clock here does not matter.
  if (!/^\{\s*"schema": 1,/.test(stdout)) throw new Error(`the packaged program does not run:\n${stdout}${stderr}`);
}

function documents(): readonly string[] {
  return readdirSync(join(repositoryRoot, 'docs'))
    .filter((name) => name.endsWith('.md') && name !== 'code-structure.md')
    .sort()
    .map((name) => `docs/${name}`);
}

/** The libraries with their licences. */
function licences(folders: readonly string[]): readonly LicensedModule[] {
  const locked = parseLockfile(readRepositoryFile('package-lock.json'));
  return folders.map((folder) => {
    const entry = locked.get(folder);
    if (entry === undefined) throw new Error(`${folder} is in the package and not in package-lock.json: run npm ci`);
    const path = join(repositoryRoot, folder);
    // Another processor's half of koffi is not in the checkout, and brings no text anyway.
    const name = existsSync(path) ? readdirSync(path).find((file) => /^licen[cs]e/i.test(file)) : undefined;
    return { ...entry, folder, text: name === undefined ? '' : readFileSync(join(path, name), 'utf8') };
  });
}

function md5Line(root: string, path: string): string {
  // A link has no content of its own.
  if (lstatSync(join(root, path)).isSymbolicLink()) return '';
  const sum = createHash('md5')
    .update(readFileSync(join(root, path)))
    .digest('hex');
  return `${sum}  ${path}\n`;
}
