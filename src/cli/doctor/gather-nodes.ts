import { statSync } from 'node:fs';
import type { DeviceNode } from './doctor-facts.js';
import type { RootFiles } from './root-files.js';

/** The device nodes of PTP clocks and vmclock pages, without the links to them. */
export function gatherNodes(files: RootFiles): readonly DeviceNode[] {
  const groups = groupNames(files);
  return files
    .names('/dev')
    .filter((name) => /^(ptp|vmclock)\d+$/.test(name))
    .flatMap((name): DeviceNode[] => {
      try {
        const { mode, uid, gid } = statSync(files.outside(`/dev/${name}`));
        return [{ path: `/dev/${name}`, mode: mode & 0o777, uid, group: groups.get(gid) ?? String(gid) }];
      } catch {
        // Gone since the listing.
        return [];
      }
    });
}

function groupNames(files: RootFiles): ReadonlyMap<number, string> {
  const lines = files.word('/etc/group').split('\n');
  return new Map(lines.map((line) => [Number(line.split(':')[2] ?? NaN), line.split(':')[0] ?? '']));
}
