/** How a check came out. SKIP: it does not apply here, or what it needs could not be seen. */
export type Level = 'OK' | 'WARN' | 'FAIL' | 'SKIP';

/** What one check has to say. */
export interface Finding {
  /** For programs: stable, in kebab-case. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly level: Level;
  /** What was found. */
  readonly value: string;
  /** What should be found. */
  readonly expected: string;
  /** Why it matters. */
  readonly why: string;
  /** The command (or the line of configuration) that mends it; "" where nothing is to be mended. */
  readonly remedy: string;
}

/** What a check is about, whatever it finds. */
export type Subject = Pick<Finding, 'id' | 'name' | 'expected' | 'why'>;

/** A case in which more can be said than the subject says in general. */
type Particular = Partial<Pick<Finding, 'expected' | 'why'>>;

/** Says something about a subject. */
type Say = (value: string, remedy?: string, particular?: Particular) => Finding;

/** The four things that can be said about a subject. */
export function about(subject: Subject): Record<'ok' | 'warn' | 'fail' | 'skip', Say> {
  const { id, name, expected, why } = subject;
  const say =
    (level: Level): Say =>
    (value, remedy = '', particular = {}) => ({ id, name, level, value, expected, why, remedy, ...particular });
  return { ok: say('OK'), warn: say('WARN'), fail: say('FAIL'), skip: say('SKIP') };
}
