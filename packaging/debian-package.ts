import { createHash } from 'node:crypto';
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DEBIAN_PACKAGE, installedFiles } from '../src/cli/install/installed-files.js';
import { controlFile, copyrightFile, debianChangelog, holderIn } from './debian-control.js';
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
export function buildDebianPackage(): string {
  const { version, description } = readManifest();
  const maintainer = `${process.env['DEBFULLNAME'] ?? 'The vmclockd authors'} <${process.env['DEBEMAIL'] ?? 'vmclockd@localhost'}>`;
  const seconds = sourceDate();
  const root = join(packageFolder, 'deb');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });

  putProgram(root);
  const modules = layOutModules(join(root, PROGRAM, 'node_modules'));
  const conffiles: string[] = [];
  for (const { from, to, configuration } of installedFiles(DEBIAN_PACKAGE)) {
    const content = readRepositoryFile(from);
    // Debian's man pages are compressed; nothing else here is read by something that could unpack it.
    if (to.includes('/man/')) putCompressed(root, to, content);
    else put(root, to, content);
    if (configuration) conffiles.push(to);
  }
  const licensed = [...modules].map(([folder, locked]) => ({ ...locked, folder, holder: holderOf(root, folder) }));
  put(root, `${DOCUMENTS}/copyright`, copyrightFile(readRepositoryFile('LICENSE'), licensed));
  putCompressed(root, `${DOCUMENTS}/changelog`, debianChangelog(version, maintainer, seconds));
  putCompressed(root, `${DOCUMENTS}/NEWS`, readRepositoryFile('CHANGELOG.md'));
  for (const name of ['README.md', ...documents()]) put(root, `${DOCUMENTS}/${name}`, readRepositoryFile(name));

  const files = filesOf(root);
  const installedKiB = files.reduce((sum, path) => sum + Math.ceil(lstatSync(join(root, path)).size / 1024), 0);
  put(root, 'DEBIAN/control', controlFile({ version, description, maintainer, installedKiB }));
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

/** The compiled program without what is for debuggers, started by the distribution's Node. */
function putProgram(root: string): void {
  const main = 'build/src/cli/main.js';
  if (!existsSync(join(repositoryRoot, main))) throw new Error('nothing to package: npm run build comes first');
  cpSync(join(repositoryRoot, 'build/src'), join(root, PROGRAM, 'build/src'), {
    recursive: true,
    filter: (path) => !path.endsWith('.map'),
  });
  const [first, ...rest] = readRepositoryFile(main).split('\n');
  if (first !== '#!/usr/bin/env node') throw new Error(`${main} does not begin as expected: ${first}`);
  // Another node in root's PATH is not the one the package depends on.
  put(root, MAIN, ['#!/usr/bin/node', ...rest].join('\n'));
  put(root, `${PROGRAM}/package.json`, readRepositoryFile('package.json'));
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  symlinkSync(relative('usr/bin', MAIN), join(root, 'usr/bin/vmclockd'));
}

function readManifest(): { version: string; description: string } {
  const json: unknown = JSON.parse(readRepositoryFile('package.json'));
  if (typeof json === 'object' && json !== null && 'version' in json && 'description' in json) {
    const { version, description } = json;
    if (typeof version === 'string' && typeof description === 'string') return { version, description };
  }
  throw new Error('package.json has no version or no description');
}

function documents(): readonly string[] {
  return readdirSync(join(repositoryRoot, 'docs'))
    .filter((name) => name.endsWith('.md') && name !== 'code-structure.md')
    .sort()
    .map((name) => `docs/${name}`);
}

function holderOf(root: string, folder: string): string {
  const path = join(root, PROGRAM, folder);
  const text = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
  const holder = text === undefined ? undefined : holderIn(readFileSync(join(path, text), 'utf8'));
  return holder ?? `the authors of ${folder.slice('node_modules/'.length)}`;
}

function md5Line(root: string, path: string): string {
  // A link has no content of its own.
  if (lstatSync(join(root, path)).isSymbolicLink()) return '';
  const sum = createHash('md5')
    .update(readFileSync(join(root, path)))
    .digest('hex');
  return `${sum}  ${path}\n`;
}
