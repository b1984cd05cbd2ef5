import { closeSync, constants, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { errorCode } from '../error-code.js';
import type { Log } from '../log/log.js';
import type { SavedState } from './saved-state.js';
import { decodeState, encodeState } from './state-codec.js';

/** The file is some 300 bytes; anything near this is not ours. */
const LONGEST_FILE = 65536;

/**
 * The state file. Nothing about it is fatal: without it the daemon only cannot notice a disruption that happened
 * while it was down.
 */
export class StateStore {
  readonly path: string;
  readonly #log: Log;
  #loadProblem: string | undefined;
  #saveProblem: string | undefined;

  constructor(path: string, log: Log) {
    this.path = path;
    this.#log = log;
  }

  /** What was wrong at the last load(), if anything. */
  get problem(): string | undefined {
    return this.#loadProblem;
  }

  /** The predecessor's state; undefined when there is none or it cannot be used, which is logged. */
  load(): SavedState | undefined {
    this.#loadProblem = undefined;
    let text: string;
    try {
      text = readBounded(this.path);
    } catch (error) {
      // The first start ever.
      if (errorCode(error) === 'ENOENT') return undefined;
      return this.#refuse(`cannot be read: ${errorCode(error)}`);
    }
    const decoded = decodeState(text);
    return decoded.ok ?? this.#refuse(`cannot be used: ${decoded.problem}`);
  }

  /**
   * Replaces the file. A failure is logged once, and once more when it works again.
   *
   * @returns whether it was written
   */
  save(state: SavedState): boolean {
    try {
      replaceFile(this.path, encodeState(state));
    } catch (error) {
      const problem = `state file ${this.path} cannot be written: ${errorCode(error)}`;
      if (problem !== this.#saveProblem) {
        this.#log.warn(
          `${problem}; a disruption while the daemon is down would go unnoticed. Make its directory, or change \`state_file\``,
        );
      }
      this.#saveProblem = problem;
      return false;
    }
    if (this.#saveProblem !== undefined) this.#log.info(`state file ${this.path} is written again`);
    this.#saveProblem = undefined;
    return true;
  }

  #refuse(problem: string): undefined {
    this.#loadProblem = `state file ${this.path} ${problem}`;
    this.#log.warn(
      `${this.#loadProblem}; starting without it, so a disruption while the daemon was down goes unnoticed`,
    );
    return undefined;
  }
}

function readBounded(path: string): string {
  // O_NONBLOCK: a FIFO put there must not hold up the start.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const bytes = Buffer.alloc(LONGEST_FILE);
    return bytes.toString('utf8', 0, readSync(fd, bytes));
  } finally {
    closeSync(fd);
  }
}

/**
 * A new file under another name, then rename(2): a reader sees the old or the new, never a half. There is no fsync,
 * which can take long while samples wait: after a crash of the machine the boot id is another one anyway.
 */
function replaceFile(path: string, text: string): void {
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, text, { flag: 'wx', mode: 0o600 });
  renameSync(fresh, path);
}
