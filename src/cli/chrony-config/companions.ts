/** A line of chrony.conf beside the refclock line: to be considered, hence given as a comment. */
export interface Companion {
  readonly line: string;
  readonly why: string;
  /** Only from this release of chrony on. */
  readonly since?: string;
  /** Only before this release of chrony. */
  readonly before?: string;
  /** It is in the way if it is there. */
  readonly harmful?: boolean;
}

/** In the order in which they are told. */
export const COMPANIONS: readonly Companion[] = [
  {
    line: 'rtcsync',
    why: "without it the kernel's clock is never marked synchronised, which timedatectl and programs that ask adjtimex() wait for. Debian's and Fedora's chrony.conf have it",
  },
  {
    line: 'makestep 0.1 -1',
    why: 'chronyd may step at any time, not only in its first updates. Needed with recovery = "reset" or "feed-only"; with "feed-forward" vmclockd has chronyd step by a command. The last makestep line wins, and chrony.conf has its own after it reads conf.d on Debian: change it there',
  },
  {
    line: 'leapseclist /usr/share/zoneinfo/leap-seconds.list',
    why: "CLOCK_TAI is right, and leap seconds are known also where the host does not announce them in its page (where it does, vmclockd's samples carry them)",
    since: '4.6',
  },
  {
    line: 'leapsectz right/UTC',
    why: "CLOCK_TAI is right, and leap seconds are known also where the host does not announce them in its page (where it does, vmclockd's samples carry them). Needs the right/ time zones (Debian: tzdata-legacy or tzdata)",
    before: '4.6',
  },
  {
    line: 'refclock PHC',
    why: 'a second refclock on the same clock goes on claiming the time of before a disruption; and of two refclocks that differ by more than their claimed error, chronyd follows neither',
    harmful: true,
  },
  {
    line: 'server',
    why: 'just one or two of them: if they and the host disagree, chronyd follows the two, or nobody. Have three or more, or none, or decide for the host with `vmclockd chrony-config --trust`',
    harmful: true,
  },
  {
    line: 'tai',
    why: 'in the refclock line: vmclockd sends UTC, whatever the PTP clock ticks',
    harmful: true,
  },
  {
    line: 'local',
    why: "chronyd would claim to be synchronised while vmclockd has withdrawn, because its host's clock cannot be trusted",
    harmful: true,
  },
  {
    line: 'maxchange',
    why: 'chronyd ends when a correction is larger: after a snapshot restore it may be days',
    harmful: true,
  },
];
