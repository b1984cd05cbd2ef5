import type { Log } from '../log/log.js';

/** Whether chronyd has yet to read something that was sent. Where the kernel does not tell, it is taken for read. */
export function isUnread(pendingBytes: () => number, log: Log): boolean {
  try {
    return pendingBytes() > 0;
  } catch (error) {
    log.debug(`cannot tell what chronyd has read: ${String(error)}`);
    return false;
  }
}
