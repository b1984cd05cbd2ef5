import type { OffsetPart } from './candm-offset.js';
import { ChronydError } from './chronyd-error.js';

/**
 * A change of the offset that ended before it was complete. Large ones take two or three commands, so a part
 * may have been applied already.
 */
export class OffsetChangeError extends ChronydError {
  override readonly name = 'OffsetChangeError';
  /** What chronyd has acknowledged, true − system, ns; 0 when nothing. */
  readonly appliedNs: number;
  /** What was sent and not answered, ns: chronyd may have applied it besides, or may yet. 0 when nothing. */
  readonly uncertainNs: number;

  constructor(parts: readonly OffsetPart[], cause: ChronydError) {
    const offsets = parts.map((part) => part.offsetNs);
    const appliedNs = offsets.slice(0, cause.answered).reduce((sum, offsetNs) => sum + offsetNs, 0);
    const uncertainNs = cause.unanswered ? (offsets[cause.answered] ?? 0) : 0;
    const besides = cause.unanswered ? `, and perhaps ${uncertainNs} ns besides` : '';
    const said = `${appliedNs} ns of ${offsets.reduce((sum, offsetNs) => sum + offsetNs, 0)} ns were applied${besides}`;
    super(cause.request, cause.path, cause.code, `${said}: ${cause.reason}`, {
      cause,
      unanswered: cause.unanswered,
      answered: cause.answered,
      ...(cause.status === undefined ? {} : { status: cause.status }),
    });
    this.appliedNs = appliedNs;
    this.uncertainNs = uncertainNs;
  }
}
