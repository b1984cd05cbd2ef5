import { globPattern } from './glob-pattern.js';

/** What AppArmor's tunables make of the variables that chronyd's profile uses. */
const VARIABLES: Readonly<Record<string, string>> = { run: '{,/var}/run', HOME: '/home/*', PROC: '/proc' };

/** A path rule: qualifiers, path, permissions. `owner /run/x rw,` and, the older way round, `rw /run/x,`. */
const PATH_FIRST =
  /^(?<qualifiers>(?:(?:audit|deny|allow|owner|file)\s+)*)"?(?<path>[/@{][^\s"]*)"?\s+(?<mode>[a-zA-Z]+)\s*,/;
const MODE_FIRST =
  /^(?<qualifiers>(?:(?:audit|deny|allow|owner|file)\s+)*)(?<mode>[rwamklix]+)\s+"?(?<path>[/@{][^\s"]*?)"?\s*,/;

/**
 * Whether AppArmor rules let a path be written, which making a socket there needs. Pure, and never throws. A deny rule wins
 * over all others. Includes are not followed: join the texts.
 *
 * @param rules the text of a profile
 */
export function appArmorAllowsWriting(rules: string, path: string): boolean {
  let allowed = false;
  for (const line of rules.split('\n')) {
    const rule = line.trim();
    const groups = (PATH_FIRST.exec(rule) ?? MODE_FIRST.exec(rule))?.groups;
    if (groups === undefined) continue;
    const { qualifiers = '', path: glob = '', mode = '' } = groups;
    if (!/[wa]/.test(mode) || !globPattern(expanded(glob)).test(path)) continue;
    if (/\bdeny\b/.test(qualifiers)) return false;
    allowed = true;
  }
  return allowed;
}

function expanded(glob: string): string {
  return glob.replace(/@\{(\w+)\}/g, (whole, name: string) => VARIABLES[name] ?? whole);
}
