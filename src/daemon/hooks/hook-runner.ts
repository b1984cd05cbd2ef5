import { statSync } from 'node:fs';
import type { Settings } from '../config/settings.js';
import { errorCode } from '../error-code.js';
import type { DaemonEvent } from '../events/daemon-event.js';
import type { EventKind } from '../events/event-kind.js';
import type { Log } from '../log/log.js';
import type { TimerPort } from '../ports.js';
import { hookEnvironment } from './hook-environment.js';
import { HookProcess, type HookResult } from './hook-process.js';
import { hookPrograms } from './hook-programs.js';

/**
 * Starting a program keeps the loop for some milliseconds. After a disruption the clock is put right first: so long for the reset,
 * the correction and the first samples to leave.
 */
const DELAY_MS = 100;
const MOST_RUNNING = 4;

interface HookRunnerOptions {
  readonly settings: Settings;
  readonly timers: TimerPort;
  readonly log: Log;
}

/**
 * Runs the programs that are configured for events: one of a kind at a time, at most four in all. While one runs, the newest event
 * of its kind waits, and those in between are left out. Nothing here waits, throws, or keeps the loop.
 */
export class HookRunner {
  readonly #options: HookRunnerOptions;
  #settings: Settings;
  readonly #running = new Map<EventKind, HookProcess>();
  readonly #waiting = new Map<EventKind, DaemonEvent>();
  #onIdle: (() => void) | undefined;
  /** Settled when all has ended; undefined: nobody has stopped us. */
  #ended: Promise<void> | undefined;

  constructor(options: HookRunnerOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#check();
  }

  /** Takes over settings that a reload has changed. What runs goes on. */
  apply(settings: Settings): void {
    this.#settings = settings;
    this.#check();
  }

  /** Has the event's program run soon, if there is one. */
  run(event: DaemonEvent): void {
    const { kind } = event;
    if (this.#ended !== undefined || hookPrograms(this.#settings)[kind] === '') return;
    this.#options.timers.after(DELAY_MS, () => this.#takeTurn(event));
  }

  /** Ends what runs. @returns when all has ended: within a second or so. */
  stop(): Promise<void> {
    if (this.#ended !== undefined) return this.#ended;
    this.#waiting.clear();
    // Before anything is ended: a program that has exited already is done with within end().
    this.#ended = new Promise((resolve) => {
      this.#onIdle = resolve;
    });
    for (const hook of this.#running.values()) hook.end();
    if (this.#running.size === 0) this.#onIdle?.();
    return this.#ended;
  }

  #takeTurn(event: DaemonEvent): void {
    const { kind } = event;
    if (this.#ended !== undefined) return;
    if (this.#waiting.has(kind)) {
      this.#options.log.warn(`the hook for an earlier "${kind}" has not been run: another came before its turn`);
    }
    this.#waiting.set(kind, event);
    this.#startWaiting();
  }

  #startWaiting(): void {
    for (const [kind, event] of this.#waiting) {
      if (this.#running.size >= MOST_RUNNING) return;
      if (this.#running.has(kind)) continue;
      this.#waiting.delete(kind);
      this.#start(kind, event);
    }
  }

  #start(kind: EventKind, event: DaemonEvent): void {
    const path = hookPrograms(this.#settings)[kind];
    if (path === '') return;
    const { timers, log } = this.#options;
    try {
      const hook = new HookProcess({
        path,
        environment: hookEnvironment(event),
        timeoutMs: this.#settings.hookTimeoutSeconds * 1000,
        timers,
        onEnd: (result) => this.#onEnd(kind, path, result),
      });
      this.#running.set(kind, hook);
    } catch (error) {
      log.warn(`hook for "${kind}": ${path} cannot be run: ${String(error)}`);
    }
  }

  #onEnd(kind: EventKind, path: string, { problem, lastLine }: HookResult): void {
    const { log } = this.#options;
    const said = lastLine === '' ? '' : `; it said last: ${lastLine}`;
    if (problem === '') log.info(`hook for "${kind}": ${path} has run${said}`);
    else log.warn(`hook for "${kind}": ${path} ${problem}${said}. Try it as the service does: docs/hooks.md`);
    this.#running.delete(kind);
    if (this.#running.size === 0) this.#onIdle?.();
    if (this.#ended === undefined) this.#startWaiting();
  }

  /** Better told now than in the night of the first disruption. */
  #check(): void {
    for (const [kind, path] of Object.entries(hookPrograms(this.#settings))) {
      if (path === '') continue;
      try {
        const file = statSync(path);
        if (!file.isFile()) throw Object.assign(new Error('a folder or the like'), { code: 'EISDIR' });
        // Not access(2): it leaves the daemon's CAP_DAC_OVERRIDE out, and would warn of a 0700 program that runs.
        if ((file.mode & 0o111) === 0) throw Object.assign(new Error('not executable'), { code: 'EACCES' });
      } catch (error) {
        const code = errorCode(error);
        const remedy = code === 'EACCES' ? `\`chmod +x ${path}\`, and let the folders be entered` : 'put it there';
        this.#options.log.warn(`the hook for "${kind}", ${path}, cannot be run: ${code}: ${remedy}`);
      }
    }
  }
}
