import type { ProcessFacts } from './doctor-facts.js';
import type { RootFiles } from './root-files.js';

/**
 * Whose command line is asked for. Only theirs: it is read from the process's own memory, and a process that is stuck in the
 * kernel may hold up whoever reads it.
 */
const ASKED = /^(chronyd|phc2sys|node|nodejs|MainThread|vmclockd)$/;

/** Every process that /proc shows us; null when it shows none. With hidepid, an ordinary user sees only his own. */
export function gatherProcesses(files: RootFiles): readonly ProcessFacts[] | null {
  const names = files.list('/proc');
  if ('error' in names) return null;
  const processes = names.filter((name) => /^\d{1,10}$/.test(name)).flatMap((pid) => processFacts(files, pid));
  return processes.length === 0 ? null : processes;
}

function processFacts(files: RootFiles, pid: string): ProcessFacts[] {
  const status = files.word(`/proc/${pid}/status`);
  // Gone since the listing.
  if (status === '') return [];
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim() ?? '';
  const name = field('Name');
  const command = ASKED.test(name) ? files.word(`/proc/${pid}/cmdline`) : '';
  return [
    {
      pid: Number(pid),
      parent: decimal(field('PPid')),
      name,
      arguments: command.split('\0').slice(0, -1),
      unit: /\/([^/\n]+\.service)\b/.exec(files.word(`/proc/${pid}/cgroup`))?.[1] ?? '',
      // Real, effective, saved, file system.
      uid: decimal(field('Uid').split(/\s+/)[1] ?? ''),
      capabilities: /^[0-9a-f]{1,16}$/i.test(field('CapEff')) ? BigInt(`0x${field('CapEff')}`) : 0n,
    },
  ];
}

function decimal(text: string): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : -1;
}
