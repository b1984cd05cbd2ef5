/** What a demo has measured. */
export interface DemoResult {
  readonly seconds: number;
  /** Version of the chronyd that was fed; undefined: the embedded receiver took the samples. */
  readonly chronydVersion: string | undefined;
  readonly samplesSent: number;
  readonly wrongSamples: number;
  readonly disruptions: number;
  readonly disruptionsNoticed: number;
  /** From each disruption to the daemon's notice, ms. */
  readonly noticeMs: readonly number[];
  /** Offsets sent − the simulated truth, ns. */
  readonly sampleErrorsNs: readonly number[];
  /** chronyd's estimate − the simulated truth in steady state, ns. */
  readonly chronydErrorsNs: readonly number[];
  /** From each notice until chronyd was synchronised to us again, ms; undefined: it was not before the next. */
  readonly followMs: readonly (number | undefined)[];
  /** chronyd had us selected at the end. */
  readonly selected: boolean;
}

/** One row of the closing table. */
export interface DemoRow {
  readonly what: string;
  readonly value: string;
  /** undefined: told, not judged. */
  readonly good: boolean | undefined;
}

const STEADY_LIMIT_NS = 1000;

/** The closing table. The demo has succeeded when no row is `good: false`. Pure. */
export function demoSummary(result: DemoResult): readonly DemoRow[] {
  const rows: DemoRow[] = [
    { what: 'samples sent', value: `${result.samplesSent}`, good: result.samplesSent > 0 },
    { what: 'wrong samples', value: `${result.wrongSamples}`, good: result.wrongSamples === 0 },
    {
      what: 'error of the samples, p50 / p99',
      value: `${ns(quantile(result.sampleErrorsNs, 0.5))} / ${ns(quantile(result.sampleErrorsNs, 0.99))}`,
      good: undefined,
    },
    {
      what: 'disruptions noticed',
      value: `${result.disruptionsNoticed} of ${result.disruptions}`,
      good: result.disruptionsNoticed === result.disruptions,
    },
  ];
  if (result.noticeMs.length > 0) {
    const value = `${quantile(result.noticeMs, 0.5).toFixed(1)} ms / ${Math.max(...result.noticeMs).toFixed(1)} ms`;
    rows.push({ what: 'time to notice, p50 / max', value, good: undefined });
  }
  return [...rows, ...chronydRows(result)];
}

/** Whether nothing in the table is bad. */
export function demoSucceeded(rows: readonly DemoRow[]): boolean {
  return rows.every(({ good }) => good !== false);
}

function chronydRows(result: DemoResult): readonly DemoRow[] {
  if (result.chronydVersion === undefined) {
    return [{ what: 'chronyd', value: 'none here: samples went to the embedded receiver', good: undefined }];
  }
  const rows: DemoRow[] = [
    {
      what: `chronyd ${result.chronydVersion} selected us`,
      value: result.selected ? 'yes (#* VMCK)' : 'no',
      good: result.selected,
    },
  ];
  const follow = result.followMs.filter((ms) => ms !== undefined);
  if (follow.length > 0) {
    const seconds = (quantile(follow, 0.5) / 1000).toFixed(1);
    rows.push({ what: 'chronyd followed again after, p50', value: `${seconds} s`, good: undefined });
  }
  if (result.chronydErrorsNs.length > 0) {
    const p99 = quantile(result.chronydErrorsNs, 0.99);
    rows.push({
      what: 'chronyd from the truth when steady, p50 / p99',
      value: `${ns(quantile(result.chronydErrorsNs, 0.5))} / ${ns(p99)}`,
      good: p99 < STEADY_LIMIT_NS,
    });
  }
  return rows;
}

/** Quantile of the magnitudes; NaN of nothing. */
function quantile(values: readonly number[], q: number): number {
  const sorted = values.map(Math.abs).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function ns(value: number): string {
  return `${Math.round(value)} ns`;
}
