import type { DoctorFacts } from '../doctor-facts.js';
import type { RefclockLine } from '../refclock-line.js';
import { samePath } from './same-path.js';

/** The `refclock SOCK` lines that vmclockd's samples arrive at. */
export function ourRefclocks({ chrony, sockets }: DoctorFacts): readonly RefclockLine[] {
  return chrony.refclocks.filter(({ driver, path }) => driver === 'SOCK' && samePath(path, sockets.refclock.path));
}

/** Where a line stands, for people. */
export function place({ file, line }: Pick<RefclockLine, 'file' | 'line'>): string {
  return `${file}:${line}`;
}
