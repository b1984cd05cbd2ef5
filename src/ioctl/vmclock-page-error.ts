/** What is wrong with bytes that should be a vmclock page. */
export type VmclockPageFault = 'too short' | 'wrong magic' | 'draft form' | 'wrong version' | 'wrong size';

/** Bytes that are not a vmclock page this program can read, with the numbers that show it. */
export class VmclockPageError extends Error {
  override readonly name = 'VmclockPageError';
  readonly kind: VmclockPageFault;
  /** What was found, by the header's field names; "bytes" is how many there were. */
  readonly evidence: Readonly<Record<string, number>>;

  constructor(kind: VmclockPageFault, evidence: Readonly<Record<string, number>>, message: string) {
    super(message);
    this.kind = kind;
    this.evidence = evidence;
  }
}
