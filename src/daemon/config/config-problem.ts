/** One thing wrong with the configuration: all of them are reported at once. */
export interface ConfigProblem {
  /** The file's name, or the flag ("--sock") that gave the value. */
  readonly source: string;
  /** Line in the file, from 1, where the parser knows it. */
  readonly line?: number;
  /** The key with its table ("log.level"); absent when the file as a whole is at fault. */
  readonly key?: string;
  /** The value as given, on one line and shortened. */
  readonly given?: string;
  /** What is wrong, without the key and the value. */
  readonly message: string;
  /** What to write instead. */
  readonly remedy?: string;
}

/** One line for people: `vmclockd.toml: log.level: "loud" is not allowed: one of …`. */
export function describeProblem(problem: ConfigProblem): string {
  const where = problem.line === undefined ? problem.source : `${problem.source}:${problem.line}`;
  const key = problem.key === undefined ? '' : `${problem.key}: `;
  const given = problem.given === undefined ? '' : `${problem.given} `;
  const remedy = problem.remedy === undefined ? '' : ` (${problem.remedy})`;
  return `${where}: ${key}${given}${problem.message}${remedy}`;
}
