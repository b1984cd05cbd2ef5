/** Status words of chronyd's replies. Source: chrony's candm.h, STT_*; the numbers left out are not in use. */
const STATUS_WORDS: ReadonlyMap<number, string> = new Map([
  [0, 'success'],
  [1, 'failed'],
  [2, 'not authorised'],
  [3, 'invalid command'],
  [4, 'no such source'],
  [5, 'duplicate or stale time stamp'],
  [6, 'facility not enabled'],
  [7, 'bad subnet'],
  [8, 'access allowed'],
  [9, 'access denied'],
  [10, 'no command access from this host'],
  [11, 'source already known'],
  [12, 'too many sources'],
  [13, 'no RTC'],
  [14, 'bad RTC file'],
  [15, 'inactive'],
  [16, 'bad sample'],
  [17, 'invalid address family'],
  [18, 'protocol version mismatch'],
  [19, 'packet length mismatch'],
  [21, 'invalid name'],
]);

/** The statuses this program acts on. */
export const CandmStatus = { SUCCESS: 0, FAILED: 1, INVALID_COMMAND: 3, NO_SUCH_SOURCE: 4 } as const;

/** A reply's status in words; one that is not known keeps its number. */
export function candmStatusWord(status: number): string {
  return STATUS_WORDS.get(status) ?? `status ${status}`;
}
