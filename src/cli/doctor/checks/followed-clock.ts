import type { ClockFacts } from '../../probe-facts.js';
import type { DoctorFacts } from '../doctor-facts.js';

/** The clock that the daemon reads, or would read: the one it names, else the best that gives a reading. */
export function followedClock({ clocks, clockDevices, namedDevice }: DoctorFacts): FollowedClock | undefined {
  const all = clocks.map((clock, index) => ({ ...clock, device: clockDevices[index] ?? clock.path }));
  return namedDevice === 'auto'
    ? all.find(({ reading }) => reading !== null)
    : all.find(({ device }) => device === namedDevice);
}

type FollowedClock = ClockFacts & {
  /** Its path with links followed. */
  readonly device: string;
};
