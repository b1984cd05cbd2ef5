import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../daemon/error-code.js';
import type { ChronyLayout } from './installed-files.js';
import type { Step } from './plan-install.js';

/** A system to install to: the running one, or one below a folder. */
export class TargetSystem {
  readonly #root: string;

  /** @param root as rootFolder() gives it */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * The text at a path; undefined when there is none.
   * @param encoding latin1 keeps every byte of a text that may not be UTF-8
   * @throws Error with the remedy when it cannot be read, or lies outside of the root
   */
  read(path: string, encoding: 'utf8' | 'latin1' = 'utf8'): string | undefined {
    const target = join(this.#place(path), basename(path));
    try {
      const real = realpathSync(target);
      this.#requireInside(path, real);
      return readFileSync(real, encoding);
    } catch (error) {
      if (error instanceof OutsideOfRoot) throw error;
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
      throw this.#failure('read', path, error);
    }
  }

  /** Where this system's chrony looks for configuration. */
  chronyLayout(): ChronyLayout {
    if (existsSync(join(this.#root, '/etc/chrony/conf.d'))) return 'conf.d';
    return existsSync(join(this.#root, '/etc/chrony.conf')) ? 'chrony.conf' : 'none';
  }

  /** @throws Error that says what was attempted and what to do */
  carryOut(step: Step): void {
    if (step.kind === 'remove') this.remove(step.path);
    else if (step.kind !== 'keep') this.write(step.path, step.text);
  }

  /** Under another name first, so that nobody ever reads a half. @throws Error */
  write(path: string, text: string): void {
    const folder = this.#place(path);
    const target = join(folder, basename(path));
    const fresh = `${target}.vmclockd-tmp`;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      writeFileSync(fresh, text, { mode: 0o644 });
      renameSync(fresh, target);
    } catch (error) {
      if (existsSync(fresh)) rmSync(fresh);
      throw this.#failure('write', path, error);
    }
  }

  /**
   * Other text for a file that is somebody else's: its mode and owner stay, and a symlink goes on leading to it.
   * @param text one character for each byte, as read(path, 'latin1') gives it
   * @throws Error
   */
  rewrite(path: string, text: string): void {
    let fresh: string | undefined;
    try {
      const real = realpathSync(join(this.#place(path), basename(path)));
      this.#requireInside(path, real);
      const { mode, uid, gid } = statSync(real);
      fresh = `${real}.vmclockd-tmp`;
      // Nobody else may read it before it has the owner and mode that say who may.
      writeFileSync(fresh, text, { encoding: 'latin1', mode: 0o600 });
      const made = statSync(fresh);
      if (made.uid !== uid || made.gid !== gid) chownSync(fresh, uid, gid);
      chmodSync(fresh, mode & 0o7777);
      renameSync(fresh, real);
    } catch (error) {
      if (fresh !== undefined && existsSync(fresh)) rmSync(fresh);
      if (error instanceof OutsideOfRoot) throw error;
      throw this.#failure('write', path, error);
    }
  }

  /** The file, and those folders above it that were made for us and are empty now. @throws Error */
  remove(path: string): void {
    const place = this.#place(path);
    try {
      rmSync(join(place, basename(path)), { force: true });
    } catch (error) {
      throw this.#failure('remove', path, error);
    }
    for (let folder = place; folder.endsWith('/vmclockd'); folder = dirname(folder)) {
      try {
        rmdirSync(folder);
      } catch {
        // Somebody else's files are in it.
        return;
      }
    }
  }

  /** The folder of a path, without symlinks as far as it exists. @throws OutsideOfRoot */
  #place(path: string): string {
    const folder = dirname(join(this.#root, path));
    for (let there = folder; ; there = dirname(there)) {
      let real: string;
      try {
        real = realpathSync(there);
      } catch (error) {
        const code = errorCode(error);
        if ((code === 'ENOENT' || code === 'ENOTDIR') && there !== '/') continue;
        throw this.#failure('look at', path, error);
      }
      // A root that does not exist yet will be made, above it nothing is asked.
      if (there === this.#root || there.startsWith(this.#below())) this.#requireInside(path, real);
      return join(real, folder.slice(there.length));
    }
  }

  #below(): string {
    return this.#root === '/' ? '/' : `${this.#root}/`;
  }

  #requireInside(path: string, real: string): void {
    if (real === this.#root || real.startsWith(this.#below())) return;
    throw new OutsideOfRoot(
      `${join(this.#root, path)} leads out of --root ${this.#root}, to ${real}, through a symlink: ` +
        'make that symlink relative, or run the command inside that system (chroot)',
    );
  }

  #failure(what: string, path: string, error: unknown): Error {
    const code = errorCode(error);
    const remedy =
      code === 'EACCES' || code === 'EPERM'
        ? 'run it as root (sudo vmclockd …), or try it below a folder of yours with --root'
        : code === 'EROFS'
          ? 'that file system is read-only: choose another --prefix'
          : 'see what is at that path';
    return new Error(`cannot ${what} ${join(this.#root, path)}: ${code}: ${remedy}`);
  }
}

class OutsideOfRoot extends Error {}
