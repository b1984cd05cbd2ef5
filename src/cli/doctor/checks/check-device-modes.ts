import type { DeviceNode, DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';

const { ok, warn, fail, skip } = about({
  id: 'devices',
  name: 'Devices',
  expected: 'owned by root, writable for root and at most a group',
  why: 'whoever may write to a PTP clock may set it, and with it the time of this machine',
});

const OTHERS_WRITE = 0o002;

/** Who may do what with the devices. */
export function checkDeviceModes({ nodes, clocks }: DoctorFacts): Finding {
  const missing = clocks.filter(({ error }) => /\bENOENT\b/.test(error));
  if (missing.length > 0) {
    const remedy = '`udevadm trigger --subsystem-match=ptp`; into a container: `--device` for each of them';
    return warn(`${missing.map(({ path }) => path).join(', ')}: no device node`, remedy, {
      expected: 'a node for each clock that the kernel has',
      why: 'a clock without its node cannot be opened',
    });
  }
  if (nodes.length === 0) return skip('none');
  const value = nodes.map(show).join(', ');
  const open = nodes.filter(({ mode }) => (mode & OTHERS_WRITE) !== 0);
  if (open.length > 0) return fail(value, remedy(open, 'chmod o-w'));
  const foreign = nodes.filter(({ uid }) => uid !== 0);
  if (foreign.length > 0) return warn(value, remedy(foreign, 'chown root'));
  return ok(value);
}

function remedy(nodes: readonly DeviceNode[], command: string): string {
  return `\`${command} ${nodes.map(({ path }) => path).join(' ')}\`, and mend the udev rule that made it so`;
}

function show({ path, mode, uid, group }: DeviceNode): string {
  return `${path} ${mode.toString(8).padStart(4, '0')} ${uid === 0 ? 'root' : uid}:${group}`;
}
