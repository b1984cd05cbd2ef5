import type { Finding, Level } from './finding.js';

/** How it came out as a whole. */
export interface Summary {
  /** The worst of all; SKIP counts as OK. */
  readonly verdict: 'OK' | 'WARN' | 'FAIL';
  /** 0 OK, 1 warnings only, 2 problems. */
  readonly exitCode: 0 | 1 | 2;
  readonly counts: Readonly<Record<Level, number>>;
}

/** Counts findings, and says what they come to. */
export function summarise(findings: readonly Finding[]): Summary {
  const count = (wanted: Level) => findings.filter(({ level }) => level === wanted).length;
  const counts = { OK: count('OK'), WARN: count('WARN'), FAIL: count('FAIL'), SKIP: count('SKIP') };
  if (counts.FAIL > 0) return { verdict: 'FAIL', exitCode: 2, counts };
  if (counts.WARN > 0) return { verdict: 'WARN', exitCode: 1, counts };
  return { verdict: 'OK', exitCode: 0, counts };
}
