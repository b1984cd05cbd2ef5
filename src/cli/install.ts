import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adaptUnit, hiddenFromServices } from './install/adapt-unit.js';
import { hasInclude, withInclude, withoutInclude } from './install/chrony-include.js';
import { INCLUDED_CHRONY_CONF, installedFiles, isUnit } from './install/installed-files.js';
import { decodeManifest, encodeManifest, MANIFEST_PATH, type Manifest } from './install/manifest.js';
import { nextSteps } from './install/next-steps.js';
import { type Held, planInstall, planUninstall, type Step, sumOf, type WantedFile } from './install/plan-install.js';
import { rootFolder } from './install/root-folder.js';
import { TargetSystem } from './install/target-system.js';
import type { InstallArguments } from './install-arguments.js';

const CHRONY_CONF = '/etc/chrony.conf';

/**
 * `vmclockd install`: what a distribution's package would put in place, for a copy that npm has installed.
 *
 * @returns the exit code
 * @throws Error that says what could not be done, and what to do
 */
export function installCommand({ root: given, prefix, dryRun }: InstallArguments): number {
  const root = rootFolder(given);
  requireRoot(root, dryRun, 'install');
  requireAbsolute(prefix);
  const main = realpathSync(fileURLToPath(new URL('./main.js', import.meta.url)));
  if (main.startsWith('/usr/lib/vmclockd/') && root === '/') {
    throw new Error('this vmclockd came with a package of the distribution, which has put everything in place already');
  }
  for (const path of [main, process.execPath]) {
    const hidden = hiddenFromServices(path);
    if (hidden !== undefined && root === '/') throw new Error(hidden);
  }
  // Everybody may read what is installed, whatever root's own files are like.
  process.umask(0o022);
  const system = new TargetSystem(root);
  const chrony = system.chronyLayout();
  const wanted = installedFiles({ prefix, chrony, zsh: 'share/zsh/site-functions' }).flatMap((file): WantedFile[] => {
    const path = join(programRoot(main), file.from);
    // Manual pages and completions are made when the program is packed; a checkout may not have them.
    if (!existsSync(path) && file.from.startsWith('build/share/')) {
      say(`  left out    ${file.to} (not built: npm run package makes it)`);
      return [];
    }
    if (!existsSync(path)) {
      throw new Error(`${path} is missing: a copy that came as a Debian package has put its files in place already`);
    }
    const text = readFileSync(path, 'utf8');
    return [{ to: file.to, text: isUnit(file) ? adaptUnit(text, { node: process.execPath, main }) : text }];
  });
  const before = readManifest(system, prefix);
  const conf = system.read(CHRONY_CONF, 'latin1');
  const { steps, manifest } = planInstall(wanted, before, (path) => system.read(path), heldBy(conf));
  const done = new Map(before);
  try {
    carryOut(system, steps, dryRun, (step) => {
      if (step.kind === 'remove') done.delete(step.path);
      else if (step.kind !== 'keep') done.set(step.path, sumOf(step.text));
    });
    if (chrony === 'chrony.conf') editChronyConf(system, conf, withInclude, dryRun);
  } catch (error) {
    // What is not recorded would be taken for somebody else's the next time.
    if (done.size > 0 && !dryRun) system.write(join(prefix, MANIFEST_PATH), encodeManifest(done));
    throw error;
  }
  if (!dryRun) system.write(join(prefix, MANIFEST_PATH), encodeManifest(manifest));
  say(dryRun ? 'Nothing was changed (--dry-run).' : nextSteps(chrony, prefix));
  return 0;
}

/**
 * `vmclockd uninstall`: takes away what install has written. Changed configuration stays.
 *
 * @returns the exit code: 1 when there was nothing to take away
 * @throws Error as installCommand()
 */
export function uninstallCommand({ root: given, prefix, dryRun }: InstallArguments): number {
  const root = rootFolder(given);
  requireRoot(root, dryRun, 'uninstall');
  requireAbsolute(prefix);
  const system = new TargetSystem(root);
  const manifest = readManifest(system, prefix);
  if (manifest.size === 0) {
    say(`Nothing to take away: ${join(root, prefix, MANIFEST_PATH)} does not exist, so nothing was installed there.`);
    return 1;
  }
  if (root === '/' && existsSync('/run/vmclockd/status.sock')) {
    say('The daemon runs and will go on until it is stopped: systemctl disable --now vmclockd');
  }
  // First the line, then the file that it names: a chronyd that starts in between must not miss it.
  const conf = editChronyConf(system, system.read(CHRONY_CONF, 'latin1'), withoutInclude, dryRun);
  carryOut(
    system,
    planUninstall(manifest, (path) => system.read(path), heldBy(conf)),
    dryRun,
  );
  if (!dryRun) system.remove(join(prefix, MANIFEST_PATH));
  say(
    dryRun
      ? 'Nothing was changed (--dry-run).'
      : 'Next, as root:\n  systemctl daemon-reload && udevadm control --reload\n  systemctl restart chrony || systemctl restart chronyd   # it would keep a silent source selected',
  );
  return 0;
}

function requireRoot(root: string, dryRun: boolean, command: string): void {
  if (root === '/' && !dryRun && process.getuid?.() !== 0) {
    throw new Error(
      `${command} writes to the system's folders: run it as root (sudo vmclockd ${command}), see what it would do with --dry-run, or write elsewhere with --root`,
    );
  }
}

function requireAbsolute(prefix: string): void {
  if (!prefix.startsWith('/')) throw new Error(`--prefix ${prefix}: it must begin with "/", such as /usr/local`);
}

/** The folder of package.json, from that of main.js: build/src/cli. */
function programRoot(main: string): string {
  return join(dirname(main), '../../..');
}

function readManifest(system: TargetSystem, prefix: string): Manifest {
  const path = join(prefix, MANIFEST_PATH);
  const text = system.read(path);
  if (text === undefined) return new Map();
  const manifest = decodeManifest(text);
  if (manifest === undefined) throw new Error(`${path} is damaged: remove it, then run \`vmclockd install\` again`);
  return manifest;
}

/** chronyd does not start when a file that it shall include is missing. */
function heldBy(conf: string | undefined): Held {
  if (conf === undefined || !hasInclude(conf)) return new Map();
  return new Map([
    [INCLUDED_CHRONY_CONF, `${CHRONY_CONF} includes it, and chronyd does not start without: remove that line first`],
  ]);
}

/** @returns the text as it is then */
function editChronyConf(
  system: TargetSystem,
  conf: string | undefined,
  edit: (conf: string) => string,
  dryRun: boolean,
): string | undefined {
  if (conf === undefined) return undefined;
  const edited = edit(conf);
  if (edited === conf) {
    say(`  keep        ${CHRONY_CONF} (unchanged)`);
    return conf;
  }
  say(`  edit        ${CHRONY_CONF} (${edited.length > conf.length ? 'one line added' : 'our line removed'})`);
  if (!dryRun) system.rewrite(CHRONY_CONF, edited);
  return edited;
}

function carryOut(
  system: TargetSystem,
  steps: readonly Step[],
  dryRun: boolean,
  done: (step: Step) => void = () => undefined,
): void {
  for (const step of steps) {
    say(describe(step));
    if (!dryRun) system.carryOut(step);
    done(step);
  }
}

function describe(step: Step): string {
  switch (step.kind) {
    case 'write':
      return `  ${step.replaces ? 'replace  ' : 'write    '}   ${step.path}`;
    case 'beside':
      return `  write       ${step.path} (what is there is not as we wrote it and stays: compare them)`;
    case 'remove':
      return `  remove      ${step.path}`;
    case 'keep':
      return `  keep        ${step.path} (${step.why})`;
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
