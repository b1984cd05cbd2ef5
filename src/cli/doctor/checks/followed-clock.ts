import type { ClockFacts } from '../../probe-facts.js';
import type { DoctorFacts } from '../doctor-facts.js';

/** The clock that the daemon reads, or would read: the one it names, else the best that gives a reading. */
export function followedClock({ clocks, clockDevices, daemon }: DoctorFacts): FollowedClock | undefined {
  const named = daemon.status?.phc?.path ?? daemon.settings.phc;
  const all = clocks.map((clock, index) => ({ ...clock, device: clockDevices[index] ?? clock.path }));
  return (
    all.find(({ path, device }) => path === named || device === named) ?? all.find(({ reading }) => reading !== null)
  );
}

type FollowedClock = ClockFacts & {
  /** Its path with links followed. */
  readonly device: string;
};
