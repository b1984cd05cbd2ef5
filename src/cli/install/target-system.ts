import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../../daemon/error-code.js';
import type { ChronyLayout } from './installed-files.js';
import type { Step } from './plan-install.js';

/** A system to install to: the running one, or one below a folder. */
export class TargetSystem {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** The text at a path; undefined when there is none. @throws Error with the remedy when it cannot be read */
  read(path: string): string | undefined {
    try {
      return readFileSync(join(this.#root, path), 'utf8');
    } catch (error) {
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
    const target = join(this.#root, path);
    const fresh = `${target}.vmclockd-tmp`;
    try {
      mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
      writeFileSync(fresh, text, { mode: 0o644 });
      renameSync(fresh, target);
    } catch (error) {
      if (existsSync(fresh)) rmSync(fresh);
      throw this.#failure('write', path, error);
    }
  }

  /** The file, and those folders above it that were made for us and are empty now. @throws Error */
  remove(path: string): void {
    try {
      rmSync(join(this.#root, path), { force: true });
    } catch (error) {
      throw this.#failure('remove', path, error);
    }
    for (let folder = dirname(path); folder.endsWith('/vmclockd'); folder = dirname(folder)) {
      try {
        rmdirSync(join(this.#root, folder));
      } catch {
        // Somebody else's files are in it.
        return;
      }
    }
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
