import type { Log } from '../log/log.js';
import { watchdogIntervalMs } from './watchdog-interval.js';

/** Sends one datagram to systemd's socket; throws when it cannot. */
export type SendDatagram = (bytes: Uint8Array, path: string) => void;

/** Runs systemd-notify(1) through the package of that name. */
export type RunNotify = (options: { ready: boolean; status: string; pid: number }) => Promise<unknown>;

/** What the notifier needs from the world. */
export interface NotifierPorts {
  readonly environment: NodeJS.ProcessEnv;
  readonly pid: number;
  readonly send: SendDatagram;
  readonly runNotify: RunNotify;
  readonly log: Log;
}

/**
 * What the daemon tells systemd: sd_notify(3). READY goes through the systemd-notify program once, at the start;
 * everything later is a datagram of our own, since starting a program takes milliseconds that samples would feel.
 *
 * Outside systemd every call does nothing. No call throws or rejects: a failure is logged, once per kind.
 */
export class SystemdNotifier {
  /** How often to call watchdog(), ms; undefined: systemd does not watch. */
  readonly watchdogIntervalMs: number | undefined;
  readonly #ports: NotifierPorts;
  readonly #socket: string | undefined;
  readonly #failed = new Set<string>();
  #status = '';

  constructor(ports: NotifierPorts) {
    this.#ports = ports;
    // An empty variable is how some wrappers unset it.
    this.#socket = ports.environment['NOTIFY_SOCKET'] || undefined;
    this.watchdogIntervalMs = this.#socket === undefined ? undefined : this.#watchdogInterval();
  }

  /** The daemon is up: READY=1 with a first status line. */
  async ready(status: string): Promise<void> {
    if (this.#socket === undefined) return;
    const first = sanitise(status);
    this.#status = first;
    try {
      await this.#ports.runNotify({ ready: true, status: first, pid: this.#ports.pid });
      // The program takes a while, and its line may have overtaken a newer one.
      if (this.#status !== first) this.#send(`STATUS=${this.#status}`);
    } catch (error) {
      // Without the program (a container image, say) the datagram tells the same.
      this.#complain('systemd-notify', error);
      this.#send(`READY=1\nSTATUS=${this.#status}\nMAINPID=${this.#ports.pid}`);
    }
  }

  /** The line that `systemctl status` shows; sent only when it changed. */
  status(line: string): void {
    const clean = sanitise(line);
    if (clean === this.#status) return;
    this.#status = clean;
    this.#send(`STATUS=${clean}`);
  }

  /** Still alive. */
  watchdog(): void {
    if (this.watchdogIntervalMs !== undefined) this.#send('WATCHDOG=1');
  }

  /** A reload begins. @param monotonicUs CLOCK_MONOTONIC, µs: systemd insists on it (sd_notify(3), RELOADING=1) */
  reloading(monotonicUs: bigint = process.hrtime.bigint() / 1000n): void {
    this.#send(`RELOADING=1\nMONOTONIC_USEC=${monotonicUs}`);
  }

  /** The reload is over. */
  reloaded(): void {
    this.#send('READY=1');
  }

  /** The daemon is about to end. */
  stopping(): void {
    this.#send('STOPPING=1');
  }

  #send(text: string): void {
    if (this.#socket === undefined) return;
    try {
      this.#ports.send(Buffer.from(text), this.#socket);
    } catch (error) {
      this.#complain(text.split('=', 1)[0] ?? text, error);
    }
  }

  #complain(what: string, error: unknown): void {
    if (this.#failed.has(what)) return;
    this.#failed.add(what);
    const reason = error instanceof Error ? error.message : String(error);
    this.#ports.log.warn(`systemd cannot be told ${what}: ${reason}`);
  }

  #watchdogInterval(): number | undefined {
    try {
      return watchdogIntervalMs(this.#ports.environment, this.#ports.pid);
    } catch (error) {
      this.#complain('WATCHDOG', error);
      return undefined;
    }
  }
}

/** A newline would begin another field: "x\nWATCHDOG=1" as a status is a trick, not a status. */
function sanitise(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return line.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ').slice(0, 400);
}
