/** What a daemon needs to know of its predecessor, to notice a disruption that happened in between. */
export interface SavedState {
  /** /proc/sys/kernel/random/boot_id: another boot makes the rest meaningless for disruptions. */
  readonly bootId: string;
  /** The page's disruption_marker; null without vmclock. */
  readonly marker: bigint | null;
  /** The page's vm_generation_counter; null where the page has none. */
  readonly generation: bigint | null;
  /** The PHC's clock_name: another clock may tick another time scale. */
  readonly phcName: string;
  /** PHC − UTC as found, whole seconds; null when it was not known. */
  readonly shiftSeconds: number | null;
  /** The page's TAI − UTC when that was found, s; null where the page did not vouch for one. */
  readonly taiOffset: number | null;
  /** ISO 8601, by the system clock; for people. */
  readonly savedAt?: string;
}
