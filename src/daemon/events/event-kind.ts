/** What can happen that somebody may want to know of, or act upon. */
export const EVENT_KINDS = [
  /** The counter was disrupted: migration, restore, or a jump that cannot be anything else. */
  'disruption',
  /** After a disruption right samples are fed again, and chronyd follows where it can be asked. */
  'recovered',
  /** The VM generation counter changed: this may be a clone, so reseed and make new identities. */
  'generation-change',
  /** The host has announced a disruption: "soon" and then "imminent". */
  'disruption-soon',
  'disruption-imminent',
  /** The announcement was taken back, or what it announced is over. */
  'disruption-unannounced',
  /** The host says that its clock cannot be relied upon, and that it can be again. */
  'unreliable',
  'reliable',
  /** Nothing is fed, and something is again. */
  'holding',
  'feeding',
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];
