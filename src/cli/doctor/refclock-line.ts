import type { ChronyDirective } from './chrony-conf.js';

/** A `refclock` line. */
export interface RefclockLine {
  /** "SOCK", "PHC", "SHM", "PPS", "RTC", in capitals; what chronyd does not know is kept as it is. */
  readonly driver: string;
  /** The socket's or the device's path. */
  readonly path: string;
  /** Options by name in lower case; "" for one that takes no value. */
  readonly options: Readonly<Record<string, string>>;
  readonly file: string;
  readonly line: number;
}

/** chronyd's options without a value (chrony.conf(5)). */
const FLAGS: ReadonlySet<string> = new Set([
  'pps',
  'tai',
  'local',
  'noselect',
  'prefer',
  'trust',
  'require',
  'optional',
]);

/** What a `refclock` directive says; undefined for any other. Never throws. */
export function refclockLine(directive: ChronyDirective): RefclockLine | undefined {
  if (directive.name !== 'refclock') return undefined;
  const [driver = '', parameter = '', ...words] = directive.arguments;
  const options: Record<string, string> = Object.create(null);
  for (let at = 0; at < words.length; at++) {
    const name = (words[at] ?? '').toLowerCase();
    if (FLAGS.has(name)) options[name] = '';
    else options[name] = words[++at] ?? '';
  }
  // What follows a colon are the driver's own options: PHC's `:nocrossts`.
  const path = parameter.replace(/:.*$/, '');
  return { driver: driver.toUpperCase(), path, options, file: directive.file, line: directive.line };
}
