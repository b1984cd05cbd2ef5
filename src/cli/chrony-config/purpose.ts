/** What a refclock line is wanted for. */
export interface Purpose {
  /** log2 s of chronyd's polling interval. */
  readonly poll: number;
  /** Why this poll, with what was measured; see docs/chrony.md. */
  readonly whyPoll: string;
  /** For the help text. */
  readonly describe: string;
  /** chronyd is to look on only. */
  readonly noselect: boolean;
}

const RECOVERY: Purpose = {
  poll: -3,
  whyPoll:
    'eight updates a second. After a reset chronyd needs three of them to select a source: 0.4 s, at most 0.5 s, in which it says that it is not synchronised (poll -2: 0.7 s, poll 0: 2.8 s; measured with 4.3, the steady error is the same)',
  describe: 'chronyd is synchronised again soonest after a disruption',
  noselect: false,
};

/** By the word that names it. */
export const PURPOSES = {
  recovery: RECOVERY,
  quiet: {
    poll: 0,
    whyPoll:
      'one update a second, and so five samples of vmclockd instead of ten: the fewest wake-ups that keep the clock as right. After a disruption the clock is put right as soon, but chronyd says so 2.8 s later, at most 3.2 s (poll -3: 0.4 s)',
    describe: 'fewest wake-ups; chronyd needs three seconds after a disruption to say that it is synchronised',
    noselect: false,
  },
  shadow: {
    ...RECOVERY,
    describe: 'to look at first: chronyd measures the source and does not follow it',
    noselect: true,
  },
} as const satisfies Record<string, Purpose>;

export type PurposeName = keyof typeof PURPOSES;

export function isPurposeName(value: unknown): value is PurposeName {
  return typeof value === 'string' && Object.hasOwn(PURPOSES, value);
}
