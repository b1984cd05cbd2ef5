import type { DaemonNotice } from './daemon-notices.js';
import type { Guest } from './guest.js';
import { type Figure, forComparison } from './scenario.js';
import { quantile } from './truth.js';

const OUTPUT = '/run/bench/page-watcher.txt';

/** Starts something that writes down when the page changes, as the guest's clock has it. */
export async function startPageWatcher(guest: Guest): Promise<number> {
  return guest.shell.start('python3 -u /opt/bench/page-watcher.py', OUTPUT);
}

/**
 * From the change of the page to the daemon's log line of it, known to some 2 ms. Changes that the daemon met two at a
 * time are left out.
 */
export async function noticingFigures(
  guest: Guest,
  how: string,
  notices: readonly DaemonNotice[],
): Promise<readonly Figure[]> {
  const text = await guest.shell.output(`cat ${OUTPUT}`);
  const milliseconds = text.split('\n').flatMap((line) => {
    const [before, after, marker, generation] = line.split(' ').map(BigInt);
    if (before === undefined || after === undefined) return [];
    const notice = notices.find((n) => n.marker === marker && n.generation === generation);
    return notice === undefined ? [] : [Number(notice.realtimeNs - (before + after) / 2n) / 1e6 + 0.5];
  });
  return [
    forComparison(`noticed ${how} after, median (of ${milliseconds.length})`, quantile(milliseconds, 0.5), 'ms'),
    forComparison(`noticed ${how} after, p99`, quantile(milliseconds, 0.99), 'ms'),
  ];
}
