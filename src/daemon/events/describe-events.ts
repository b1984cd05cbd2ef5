import type { EventStatus } from '../status-document.js';
import type { DaemonEvent } from './daemon-event.js';

/** Events as the status document has them. @param nowRawNs CLOCK_MONOTONIC_RAW, ns */
export function describeEvents(events: readonly DaemonEvent[], nowRawNs: bigint): readonly EventStatus[] {
  return events.map(({ number, kind, rawNs, realtimeNs, message, facts }) => ({
    number,
    kind,
    at: new Date(Number(realtimeNs / 1_000_000n)).toISOString(),
    agoSeconds: Number(nowRawNs - rawNs) / 1e9,
    message,
    facts,
  }));
}
