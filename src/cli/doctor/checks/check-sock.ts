import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { chronydProcess } from '../who-runs.js';
import { ourRefclocks } from './our-refclocks.js';

const { ok, fail, skip } = about({
  id: 'sock',
  name: 'SOCK socket',
  expected: 'made by chronyd, and taking samples',
  why: 'samples that do not arrive cannot be followed',
});

/** Whether the refclock socket is there and takes what is sent. */
export function checkSock(facts: DoctorFacts): Finding {
  const { sockets, chrony, daemon, processes } = facts;
  const { path, present, error } = sockets.refclock;
  const restart = `\`systemctl restart ${chrony.unit}\``;
  const failing = daemon.status?.sock.failing ?? '';
  if (failing === 'EACCES') {
    return fail(
      `${path}: vmclockd may not send to it, EACCES`,
      'give its unit CAP_DAC_OVERRIDE: `systemctl revert vmclockd && systemctl restart vmclockd`',
      {
        why: "the socket is root's, and only root or CAP_DAC_OVERRIDE may send to it",
      },
    );
  }
  if (failing === 'ECONNREFUSED') return fail(`${path}: nobody listens any more, ECONNREFUSED`, restart);
  if (error === 'it is no socket') return fail(`${path}: it is no socket`, `\`rm ${path}\` and ${restart}`);
  if (error !== '') return skip(`${path}: ${error}`, 'ask as root');
  if (present) {
    const drops = Object.entries(daemon.status?.sock.dropped ?? {});
    const told =
      drops.length === 0 ? '' : `, dropped so far: ${drops.map(([code, count]) => `${code} ${count}`).join(', ')}`;
    return failing === ''
      ? ok(`${path}${daemon.status === null ? '' : `, ${daemon.status.sock.sent} sent`}${told}`)
      : fail(`${path}: ${failing}`, restart);
  }
  if (ourRefclocks(facts).length === 0) return skip(`${path} is missing; see Refclock line`);
  if (chronydProcess(processes ?? []) === undefined) return skip(`${path} is missing; see chronyd`);
  return fail(
    `${path} is missing, though the configuration has its line`,
    `${restart}: it reads refclock lines only when it starts`,
  );
}
