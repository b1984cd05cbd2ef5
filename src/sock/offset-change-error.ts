import type { OffsetPart } from './candm-offset.js';
import { ChronydError } from './chronyd-error.js';

/**
 * A change of the offset that was not carried out whole. Large ones take two or three commands, so some of them may
 * have been applied.
 */
export class OffsetChangeError extends ChronydError {
  override readonly name = 'OffsetChangeError';
  /** What chronyd has acknowledged, true − system, ns; 0 when nothing. */
  readonly appliedNs: number;
  /** What was sent and not answered, ns: chronyd may have applied it besides, or may yet. 0 when nothing. */
  readonly uncertainNs: number;

  /**
   * @param parts what was asked for.
   * @param failures what became of each part; undefined: it was carried out.
   * @param cause the first of the failures.
   */
  constructor(parts: readonly OffsetPart[], failures: readonly (ChronydError | undefined)[], cause: ChronydError) {
    const sumOf = (chosen: (failure: ChronydError | undefined) => boolean): number =>
      parts.reduce((sum, { offsetNs }, index) => (chosen(failures[index]) ? sum + offsetNs : sum), 0);
    const appliedNs = sumOf((failure) => failure === undefined);
    const uncertainNs = sumOf((failure) => failure?.unanswered === true);
    const besides = uncertainNs === 0 ? '' : `, and perhaps ${uncertainNs} ns besides`;
    super(
      cause.request,
      cause.path,
      cause.code,
      `${appliedNs} ns of ${sumOf(() => true)} ns were applied${besides}: ${cause.reason}`,
      {
        cause,
        unanswered: uncertainNs !== 0,
        // A refusal of one part says nothing of another that was not answered.
        ...(cause.status === undefined || uncertainNs !== 0 ? {} : { status: cause.status }),
      },
    );
    this.appliedNs = appliedNs;
    this.uncertainNs = uncertainNs;
  }
}
