import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../daemon/error-code.js';
import { currentClocksource } from '../ioctl/current-clocksource.js';
import type { MachineFacts, SocketFacts } from './probe-facts.js';

/** What kind of machine this is. @param root where / is */
export function machineFacts(root: string): MachineFacts {
  return {
    container: isContainer(root),
    product: [dmi(root, 'sys_vendor'), dmi(root, 'product_name')].filter((part) => part !== '').join(' '),
    clocksource: currentClocksource(root),
    virtual: isVirtual(root),
    ptpClass: existsSync(join(root, 'sys/class/ptp')),
    ptpKvmLoaded: existsSync(join(root, 'sys/module/ptp_kvm')),
  };
}

/** The vmclock devices there are: /dev/vmclock0, … */
export function vmclockPaths(root: string): string[] {
  const folder = join(root, 'dev');
  try {
    const names = readdirSync(folder).filter((name) => /^vmclock\d+$/.test(name));
    return names.sort().map((name) => join(folder, name));
  } catch {
    // No /dev that could be listed: no devices for us.
    return [];
  }
}

/** Whether a unix socket is at a path. */
export function socketFacts(path: string): SocketFacts {
  try {
    const present = lstatSync(path).isSocket();
    return { path, present, error: present ? '' : 'it is no socket' };
  } catch (error) {
    const code = errorCode(error);
    return { path, present: false, error: code === 'ENOENT' ? '' : code };
  }
}

/** By the marks that Docker, Podman and systemd-nspawn leave. */
function isContainer(root: string): boolean {
  return ['.dockerenv', 'run/.containerenv', 'run/systemd/container'].some((mark) => existsSync(join(root, mark)));
}

/** x86 CPUs have a flag for it; what other CPUs list says nothing. */
function isVirtual(root: string): boolean | null {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync(join(root, 'proc/cpuinfo'), 'utf8'))?.[1];
    return flags === undefined ? null : /\bhypervisor\b/.test(flags);
  } catch {
    // No /proc: nothing can be told.
    return null;
  }
}

function dmi(root: string, name: string): string {
  try {
    return readFileSync(join(root, 'sys/class/dmi/id', name), 'utf8').trim();
  } catch {
    // Firecracker and most ARM machines have no DMI.
    return '';
  }
}
