/** One series of a family, by its labels. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric: its name ends in its base unit, a counter's in `_total`. */
export interface MetricFamily {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  /** Unit, sign and range, for people. */
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

type Value = number | boolean | null | undefined;

/** A value that may go up and down. What is not known gives no sample. */
export function gauge(name: string, help: string, value: Value, labels: Readonly<Record<string, string>> = {}) {
  return family('gauge', name, help, [{ labels, value }]);
}

/** A count since the daemon started. A count that is none (negative) is left out. */
export function counter(name: string, help: string, value: Value, labels: Readonly<Record<string, string>> = {}) {
  return family('counter', name, help, [{ labels, value: typeof value === 'number' && value < 0 ? null : value }]);
}

/** 1 for the word that holds, 0 for the other words; a word that is not among them is added. */
export function stateSet(
  name: string,
  help: string,
  label: string,
  words: readonly string[],
  holds: readonly string[],
) {
  const samples = [...new Set([...words, ...holds])].map((word) => ({
    labels: { [label]: word },
    value: holds.includes(word),
  }));
  return family('gauge', name, help, samples);
}

/** A family with a label; samples without a value, or with one that is no number, are left out. */
export function family(
  type: MetricFamily['type'],
  name: string,
  help: string,
  samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: Value }[],
): MetricFamily {
  const known = samples.flatMap(({ labels, value }) => {
    if (value === null || value === undefined) return [];
    const number = Number(value);
    return Number.isFinite(number) ? [{ labels, value: number }] : [];
  });
  return { name, type, help, samples: known };
}

/** @param ns a span or an offset; null: not known */
export function fromNs(ns: number | null | undefined): number | null {
  return ns === null || ns === undefined ? null : ns / 1e9;
}

/** @param ms a span; null: not known */
export function fromMs(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms / 1e3;
}

/** A rate as a ratio (1e-6 for 1 ppm): the base unit, as node_exporter has it. */
export function fromPpm(ppm: number | null | undefined): number | null {
  return ppm === null || ppm === undefined ? null : ppm / 1e6;
}
