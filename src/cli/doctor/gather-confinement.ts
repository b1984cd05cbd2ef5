import type { ConfinementFacts } from './doctor-facts.js';
import type { RootFiles } from './root-files.js';

const FOLDER = '/etc/apparmor.d';
/** As Debian, Ubuntu and SUSE name chronyd's profile. */
const PROFILES = ['usr.sbin.chronyd', 'chronyd'];

/** What confines chronyd. Profiles are read from their files: what the kernel has loaded has no text. */
export function gatherConfinement(files: RootFiles): ConfinementFacts {
  const enforce = files.word('/sys/fs/selinux/enforce');
  return {
    appArmor: {
      enabled: files.word('/sys/module/apparmor/parameters/enabled') === 'Y',
      rules: profileRules(files),
    },
    seLinuxEnforcing: enforce === '' ? null : enforce === '1',
  };
}

function profileRules(files: RootFiles): string | null {
  const off = new Set([...files.names(`${FOLDER}/disable`), ...files.names(`${FOLDER}/force-complain`)]);
  const name = PROFILES.find((profile) => !off.has(profile) && files.word(`${FOLDER}/${profile}`) !== '');
  if (name === undefined) return null;
  const rules = files.word(`${FOLDER}/${name}`);
  // Complaining, it forbids nothing.
  if (/flags=\([^)]*\bcomplain\b/.test(rules)) return null;
  const local = PROFILES.map((profile) => files.word(`${FOLDER}/local/${profile}`));
  return [rules, ...local].join('\n');
}
