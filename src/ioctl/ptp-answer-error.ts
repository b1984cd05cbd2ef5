/** What is wrong with the kernel's answer to a PTP ioctl. */
export type PtpAnswerFault = 'length' | 'sample count' | 'seconds' | 'nanoseconds' | 'order';

/** An answer of the kernel (that is, of the clock's driver) that cannot be a reading. The whole batch is refused. */
export class PtpAnswerError extends Error {
  override readonly name = 'PtpAnswerError';
  /** The ioctl, such as "PTP_SYS_OFFSET". */
  readonly request: string;
  readonly fault: PtpAnswerFault;
  /** What was found, and what would have been right. */
  readonly evidence: string;

  constructor(request: string, fault: PtpAnswerFault, evidence: string) {
    super(`${request}: the answer's ${fault} cannot be right: ${evidence}`);
    this.request = request;
    this.fault = fault;
    this.evidence = evidence;
  }
}
