import type { GuestShell } from './guest-shell.js';

/** A disruption as the daemon's log tells it. */
export interface DaemonNotice {
  /** CLOCK_REALTIME of the log line, in whole milliseconds, ns. */
  readonly realtimeNs: bigint;
  readonly marker: bigint;
  readonly generation: bigint;
}

/** The disruptions in the log of a daemon that was started here, in their order. */
export async function daemonNotices(shell: GuestShell): Promise<DaemonNotice[]> {
  const text = await shell.output(`grep 'the clock was disrupted' /run/bench/vmclockd.log || true`, 60_000);
  return text.split('\n').flatMap((line) => {
    const time = /"time":(\d+)/.exec(line)?.[1];
    const marker = /"marker":"(\d+)"/.exec(line)?.[1];
    if (time === undefined || marker === undefined) return [];
    const generation = /"generation":"(\d+)"/.exec(line)?.[1] ?? '0';
    return [{ realtimeNs: BigInt(time) * 1_000_000n, marker: BigInt(marker), generation: BigInt(generation) }];
  });
}
