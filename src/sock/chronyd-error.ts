/** What is known besides the reason. */
export interface ChronydErrorDetails extends ErrorOptions {
  readonly status?: number;
  readonly unanswered?: boolean;
}

/**
 * A request to chronyd that failed: what was asked, on which socket, why, and what to do about it.
 *
 * `code` is an errno name where the kernel refused, else
 * - ETIMEDOUT: no answer in time;
 * - EPROTO: chronyd answered, and refused (`status` says how) or sent what cannot be true;
 * - EBUSY: too many requests are waiting already;
 * - ECANCELED: the client was closed, or what was pending was cancelled.
 */
export class ChronydError extends Error {
  override readonly name: string = 'ChronydError';
  /** The command, such as "TRACKING". */
  readonly request: string;
  /** chronyd's command socket. */
  readonly path: string;
  readonly code: string;
  /** The message without what was asked and where. */
  readonly reason: string;
  /** chronyd's status number, where it answered with a refusal. */
  readonly status?: number;
  /** The request was sent and its answer has not come: a command may have been carried out, now or a moment later. */
  readonly unanswered: boolean;

  constructor(request: string, path: string, code: string, reason: string, details: ChronydErrorDetails = {}) {
    super(`${request} to chronyd on ${path}: ${reason}`, details);
    this.request = request;
    this.path = path;
    this.code = code;
    this.reason = reason;
    if (details.status !== undefined) this.status = details.status;
    this.unanswered = details.unanswered ?? false;
  }

  /** chronyd has looked at the request and said no: nothing was carried out, and asking again will not help. */
  get refused(): boolean {
    return this.status !== undefined;
  }
}
