import type { DaemonEvent } from '../events/daemon-event.js';

/** Where programs are found by programs. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The whole environment of a hook: PATH, LANG, VMCLOCKD_EVENT ("disruption"), VMCLOCKD_EVENT_NUMBER, VMCLOCKD_EVENT_TIME (ISO
 * 8601), VMCLOCKD_MESSAGE, and each fact of the event as VMCLOCKD_ and its name in capitals. Pure.
 */
export function hookEnvironment(event: DaemonEvent): Readonly<Record<string, string>> {
  const facts = Object.entries(event.facts).map(([name, value]) => [`VMCLOCKD_${name.toUpperCase()}`, value]);
  const all: Readonly<Record<string, string>> = {
    ...Object.fromEntries(facts),
    PATH,
    LANG: 'C.UTF-8',
    VMCLOCKD_EVENT: event.kind,
    VMCLOCKD_EVENT_NUMBER: String(event.number),
    VMCLOCKD_EVENT_TIME: new Date(Number(event.realtimeNs / 1_000_000n)).toISOString(),
    VMCLOCKD_MESSAGE: event.message,
  };
  // The kernel ends a variable at NUL, and Node refuses to start a program with one.
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, value.replaceAll('\0', '')]));
}
