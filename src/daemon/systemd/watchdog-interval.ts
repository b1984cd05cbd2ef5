/** The variables systemd sets for a service; see sd_watchdog_enabled(3). */
export interface WatchdogEnvironment {
  readonly WATCHDOG_USEC?: string | undefined;
  readonly WATCHDOG_PID?: string | undefined;
}

/**
 * How often WATCHDOG=1 has to be sent, ms: half of what systemd allows, as sd_watchdog_enabled(3) advises.
 * undefined: no watchdog, or it is another process's (children inherit the variables).
 *
 * @throws RangeError when WATCHDOG_USEC is not a number of microseconds from 1000 up
 */
export function watchdogIntervalMs(environment: WatchdogEnvironment, pid: number): number | undefined {
  const { WATCHDOG_USEC: given, WATCHDOG_PID: whose } = environment;
  if (given === undefined || given === '') return undefined;
  if (whose !== undefined && whose !== '' && whose !== String(pid)) return undefined;
  const microseconds = /^\d{1,15}$/.test(given) ? Number(given) : 0;
  if (microseconds < 1000) {
    throw new RangeError(`WATCHDOG_USEC is ${JSON.stringify(given)}: microseconds from 1000 up are expected`);
  }
  // setTimeout holds 31 bits; a watchdog of weeks is fed more often than needed.
  return Math.min(Math.floor(microseconds / 2000), 0x7fffffff) || 1;
}
