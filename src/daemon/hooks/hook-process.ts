import { type ChildProcess, spawn } from 'node:child_process';
import type { TimerPort } from '../ports.js';
import { OutputTail } from './output-tail.js';

/** After a polite end was asked for, ms. */
const GRACE_MS = 1000;
const OUTPUT_BYTES = 4096;
const LAST_WORDS_MS = 200;

/** How a program ended. */
export interface HookResult {
  /** "" when it ended well. */
  readonly problem: string;
  readonly lastLine: string;
}

interface HookProcessOptions {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly timers: TimerPort;
  /** Called once. */
  readonly onEnd: (result: HookResult) => void;
}

/** One running program, in a process group of its own, so that what it has started ends with it. */
export class HookProcess {
  readonly #options: HookProcessOptions;
  readonly #output = new OutputTail(OUTPUT_BYTES);
  readonly #child: ChildProcess;
  #cancelTimer: () => void;
  #overdue = false;
  /** How it has exited; undefined: it runs. */
  #exited: string | undefined;
  #ended = false;

  /** Starts it. What cannot be started ends at once, by onEnd. */
  constructor(options: HookProcessOptions) {
    const { path, environment, timeoutMs, timers } = options;
    this.#options = options;
    this.#child = spawn(path, [], {
      cwd: '/',
      env: environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#cancelTimer = timers.after(timeoutMs, () => {
      this.#overdue = true;
      this.end();
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Uint8Array) => this.#output.add(chunk));
      // It is what the program wrote that is lost, not the program.
      stream?.on('error', () => {});
    }
    this.#child.once('error', (error: NodeJS.ErrnoException) => this.#end(`cannot be run: ${error.code}`));
    this.#child.once('exit', (code, signal) => {
      this.#cancelTimer();
      const problem = this.#problem(code, signal);
      this.#exited = problem;
      // Its last words may still be on their way; something it has left behind may hold them for ever.
      this.#cancelTimer = timers.after(LAST_WORDS_MS, () => this.#end(problem));
      this.#child.once('close', () => this.#end(problem));
    });
  }

  /** Asks it to end, and makes it a second later. */
  end(): void {
    if (this.#ended) return;
    if (this.#exited !== undefined) {
      this.#end(this.#exited);
      return;
    }
    this.#cancelTimer();
    this.#signal('SIGTERM');
    this.#cancelTimer = this.#options.timers.after(GRACE_MS, () => this.#signal('SIGKILL'));
  }

  #problem(code: number | null, signal: NodeJS.Signals | null): string {
    if (this.#overdue) return `did not end within ${this.#options.timeoutMs / 1000} s and was ended`;
    if (signal !== null) return `was ended by ${signal}`;
    return code === 0 ? '' : `exited with ${code}`;
  }

  #end(problem: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTimer();
    // What it has left behind would escape the limits.
    this.#signal('SIGKILL');
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    this.#options.onEnd({ problem, lastLine: this.#output.lastLine });
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The whole group is gone: that is what was wanted.
    }
  }
}
