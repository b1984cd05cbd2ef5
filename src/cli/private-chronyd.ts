import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chronyd } from './find-chronyd.js';

const START_LIMIT_MS = 60_000;

/**
 * A real chronyd that leaves the machine's clock alone (-x) and hears of nothing but its SOCK refclock, in a
 * temporary directory of its own.
 */
export class PrivateChronyd {
  /** Ours; holds everything else. */
  readonly directory: string;
  /** The refclock's socket. */
  readonly sock: string;
  /** The command socket. */
  readonly command: string;
  readonly version: string;
  readonly #chronyd: Chronyd;
  #child: ChildProcess | undefined;
  #output = '';

  /** @param refclockOptions what follows the path in its refclock line */
  constructor(chronyd: Chronyd, refclockOptions: string) {
    this.#chronyd = chronyd;
    this.version = chronyd.version;
    this.directory = mkdtempSync(join(tmpdir(), 'vmclockd-chronyd-'));
    // chronyd refuses a command socket in a directory that others may enter.
    mkdirSync(join(this.directory, 'run'), { mode: 0o700 });
    this.command = join(this.directory, 'run', 'chronyd.sock');
    this.sock = join(this.directory, 'run', 'refclock.sock');
    const lines = [
      `refclock SOCK ${this.sock} ${refclockOptions}`,
      'port 0',
      'cmdport 0',
      `bindcmdaddress ${this.command}`,
      `pidfile ${join(this.directory, 'chronyd.pid')}`,
      `user ${userInfo().username}`,
    ];
    writeFileSync(join(this.directory, 'chrony.conf'), `${lines.join('\n')}\n`);
  }

  /** What it has printed so far, all starts together. */
  get output(): string {
    return this.#output;
  }

  /** Starts it, or starts it again, and waits for both sockets. @throws Error with what it printed */
  async start(): Promise<void> {
    const stale = [inode(this.sock), inode(this.command)];
    const args = ['-x', '-d', '-f', join(this.directory, 'chrony.conf')];
    const child = spawn(this.#chronyd.path, userInfo().uid === 0 ? args : ['-U', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#chronyd.env },
    });
    const collect = (chunk: Buffer): void => {
      this.#output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      this.#output += `${error.message}\n`;
    });
    this.#child = child;
    for (let waited = 0; waited < START_LIMIT_MS; waited += 20) {
      const now = [inode(this.sock), inode(this.command)];
      if (now.every((ino, i) => ino !== undefined && ino !== stale[i])) return;
      if (child.exitCode !== null || child.pid === undefined) break;
      await sleep(20);
    }
    throw new Error(`${this.#chronyd.path} did not start:\n${this.#output}`);
  }

  /** Ends it and waits until it has. `signal` SIGKILL leaves its sockets behind, as a crash does. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** Ends it and removes its directory. */
  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Tells a new socket from the one that a killed chronyd left behind; undefined: there is none. */
function inode(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${stats.ino} ${stats.ctimeMs}`;
}
