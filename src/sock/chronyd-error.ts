/**
 * A request to chronyd that failed: what was asked, on which socket, why, and what to do about it.
 *
 * `code` is an errno name where the kernel refused, else
 * - ETIMEDOUT: no answer in time;
 * - EPROTO: chronyd answered, and refused (`status` says how) or sent what cannot be true;
 * - EBUSY: too many requests are waiting already;
 * - ECANCELED: the client was closed.
 */
export class ChronydError extends Error {
  override readonly name = 'ChronydError';
  /** The command, such as "TRACKING". */
  readonly request: string;
  /** chronyd's command socket. */
  readonly path: string;
  readonly code: string;
  /** chronyd's status number, where it answered with a refusal. */
  readonly status?: number;

  constructor(
    request: string,
    path: string,
    code: string,
    reason: string,
    details: ErrorOptions & { status?: number } = {},
  ) {
    super(`${request} to chronyd on ${path}: ${reason}`, details);
    this.request = request;
    this.path = path;
    this.code = code;
    if (details.status !== undefined) this.status = details.status;
  }
}
