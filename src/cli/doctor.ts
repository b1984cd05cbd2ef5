import { judge } from './doctor/all-checks.js';
import type { Finding } from './doctor/finding.js';
import { formatDoctor } from './doctor/format-doctor.js';
import { gatherDoctorFacts } from './doctor/gather-doctor-facts.js';
import { type Outside, THIS_MACHINE } from './doctor/outside.js';
import { type Summary, summarise } from './doctor/summarise.js';
import { wantsColour } from './format-tone.js';
import { readVersion } from './version.js';

/** Flags of `vmclockd doctor`. */
export interface DoctorArguments {
  readonly json: boolean;
}

/** What `vmclockd doctor --json` prints. `schema` grows only when a reader of the old one would be misled. */
export interface DoctorDocument extends Summary {
  readonly schema: 1;
  readonly version: string;
  /** In the order of the checks. */
  readonly findings: readonly Finding[];
}

/** Where there is no terminal to fit. */
const COLUMNS = 100;

/**
 * `vmclockd doctor`: works without the daemon and without root, and changes nothing.
 *
 * @returns the exit code: 0 all OK, 1 warnings only, 2 something is broken
 */
export async function doctorCommand({ json }: DoctorArguments, outside: Outside = THIS_MACHINE): Promise<number> {
  const findings = judge(await gatherDoctorFacts(outside));
  const summary = summarise(findings);
  const { stdout, env } = process;
  if (json) {
    const document: DoctorDocument = { schema: 1, version: readVersion(), ...summary, findings };
    stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else {
    stdout.write(formatDoctor(findings, stdout.isTTY ? stdout.columns || COLUMNS : COLUMNS, wantsColour(stdout, env)));
  }
  return summary.exitCode;
}
