import { DEFAULT_SETTINGS } from '../../../daemon/config/settings.js';
import { appArmorAllowsWriting } from '../apparmor-rules.js';
import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { ourRefclocks } from './our-refclocks.js';
import { canonical } from './same-path.js';

const { ok, warn, fail } = about({
  id: 'sock-path',
  name: 'SOCK path',
  expected: 'a path at which AppArmor and SELinux let chronyd make a socket, and at which vmclockd can see it',
  why: 'chronyd does not start at all when it may not make the socket',
});

/** Whether chronyd may make its socket where the settings have it, and at the paths of its SOCK lines for us. */
export function checkSockPath(facts: DoctorFacts): Finding {
  const { confinement, chrony, daemon, sockets } = facts;
  const named = chrony.refclocks.filter(
    ({ driver, options }) => driver === 'SOCK' && options['refid'] === daemon.settings.refid,
  );
  const paths = [
    ...new Set([sockets.refclock.path, ...[...ourRefclocks(facts), ...named].map(({ path }) => path)].map(canonical)),
  ];
  const remedy = `use ${DEFAULT_SETTINGS.sock} in both: the refclock line and sock = "…" in ${daemon.file}`;

  const { enabled, rules } = confinement.appArmor;
  const forbidden = enabled && rules !== null ? paths.find((path) => !appArmorAllowsWriting(rules, path)) : undefined;
  if (forbidden !== undefined) return fail(`${forbidden}: AppArmor's profile for chronyd forbids it`, remedy);

  const temporary = paths.find((path) => /^(\/var)?\/tmp\//.test(path));
  if (temporary !== undefined) {
    return fail(`${temporary}: chronyd's unit has a /tmp of its own`, remedy, {
      why: 'the socket would be where vmclockd cannot see it',
    });
  }
  const outside = paths.find((path) => !path.startsWith('/run/'));
  if (outside !== undefined && confinement.seLinuxEnforcing) {
    return warn(`${outside}: SELinux lets chronyd make sockets below /run`, remedy);
  }
  const guards = [enabled && rules !== null ? 'AppArmor' : '', confinement.seLinuxEnforcing ? 'SELinux' : ''].filter(
    Boolean,
  );
  return ok(
    `${paths.join(', ')}${guards.length === 0 ? ', nothing confines chronyd' : `, allowed by ${guards.join(' and ')}`}`,
  );
}
