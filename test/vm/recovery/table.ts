import type { Measurement } from './measurement.js';

/** Rows of a Markdown table: one for each event and stack, medians, with the worst where there are several runs. */
export function tableOf(measurements: readonly Measurement[]): string {
  const groups = new Map<string, Measurement[]>();
  for (const one of measurements) {
    const key = `${one.event.name} ${one.stack.name}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const rows = [...groups.values()].map((group) => {
    const [first] = group;
    const all = group.map((one) => one.figures);
    // Asking for the status slows the emulated guest: those runs tell of the status only, where there are others.
    const undisturbed = all.filter(({ falseStatusSeconds }) => Number.isNaN(falseStatusSeconds));
    const figures = undisturbed.length > 0 ? undisturbed : all;
    const cells = [
      first?.event.title ?? '',
      first?.stack.title ?? '',
      String(figures.length),
      ...[0, 1, 2, 3].map((i) =>
        spread(
          figures.map(({ until }) => until[i] ?? Number.NaN),
          seconds,
        ),
      ),
      spread(
        figures.map(({ peakNs }) => peakNs),
        error,
      ),
      spread(
        figures.map(({ grewNs }) => grewNs),
        error,
      ),
      spread(
        figures.map(({ unsynchronisedSeconds }) => unsynchronisedSeconds),
        seconds,
      ),
      spread(
        figures.map(({ falseChronydSeconds }) => falseChronydSeconds),
        seconds,
      ),
      spread(
        all.map(({ falseStatusSeconds }) => falseStatusSeconds),
        seconds,
      ),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [HEAD, `|${'---|'.repeat(12)}`, ...rows, ''].join('\n');
}

const HEAD =
  '| event | stack | n | < 1 ms, s | < 10 µs, s | < 1 µs, s | < 100 ns, s | peak | grew by | unsynchronised, s | chronyd’s claim false, s | status false, s |';

/** Median (of an even number the worse of the two in the middle), and the worst in brackets where it is another. */
function spread(values: readonly number[], say: (value: number) => string): string {
  const sorted = [...values].filter((value) => !Number.isNaN(value)).sort((a, b) => (a < b ? -1 : 1));
  const [median, worst] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  if (median === undefined || worst === undefined) return '–';
  return say(median) === say(worst) ? say(median) : `${say(median)} (${say(worst)})`;
}

function seconds(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'not seen';
  if (value === 0) return '0';
  return value.toFixed(value < 1 ? 3 : value < 10 ? 2 : 1);
}

function error(ns: number): string {
  for (const [unit, size] of [
    ['d', 86_400e9],
    ['s', 1e9],
    ['ms', 1e6],
    ['µs', 1e3],
  ] as const) {
    if (ns >= size * 0.9995) return `${(ns / size).toPrecision(3)} ${unit}`;
  }
  return `${ns.toFixed(0)} ns`;
}
