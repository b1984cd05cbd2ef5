/** A series as read back. */
export interface ReadSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a text in one of Prometheus' formats says, and what is wrong with it. */
export interface ReadExposition {
  readonly series: readonly ReadSeries[];
  readonly problems: readonly string[];
}

const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** As `promtool check metrics` has them, and nearly so. */
const ABBREVIATIONS = /_(s|ms|us|ns|sec|b|kb|mb|gb|tb|m|h|d|ppm|ppb)(_|$)/;
const TYPE_IN_NAME = /_(gauge|counter|histogram|summary)(_|$)/;

/** Reads and lints format 0.0.4 or OpenMetrics, written from their specifications and not from the renderer. */
export function readExposition(text: string, format: 'prometheus' | 'openmetrics'): ReadExposition {
  const problems: string[] = [];
  const series: ReadSeries[] = [];
  const types = new Map<string, string>();
  const helps = new Set<string>();
  const units = new Map<string, string>();
  const seen = new Set<string>();
  const done = new Set<string>();
  let current = '';
  const open = format === 'openmetrics';
  if (!text.endsWith('\n')) problems.push('the last line has no end');
  const lines = text.slice(0, -1).split('\n');
  if (open && lines.pop() !== '# EOF') problems.push('no # EOF at the end');
  for (const line of lines) {
    if (line === '') {
      if (open) problems.push('an empty line');
      continue;
    }
    const meta = /^# (HELP|TYPE|UNIT) (\S+) (.+)$/.exec(line);
    if (meta !== null) {
      const [, what, name = '', rest = ''] = meta;
      if (name !== current) {
        if (done.has(name)) problems.push(`${name} comes twice`);
        done.add(current);
        current = name;
      }
      if (what === 'HELP') helps.add(name);
      else if (what === 'TYPE') types.set(name, rest);
      else units.set(name, rest);
      continue;
    }
    const match = SERIES.exec(line);
    if (match === null) {
      problems.push(`not a line of the format: ${line}`);
      continue;
    }
    const [, name = '', labelText = '', valueText = ''] = match;
    if (!NUMBER.test(valueText)) problems.push(`${name}: not a finite number: ${valueText}`);
    const type = types.get(current);
    const expected = open && type === 'counter' ? `${current}_total` : current;
    if (name !== expected) problems.push(`${name} stands under ${current}`);
    if (seen.has(`${name}{${labelText}}`)) problems.push(`${name}{${labelText}} comes twice`);
    seen.add(`${name}{${labelText}}`);
    if (type === undefined || !helps.has(current)) problems.push(`${current} has no type or no help`);
    if ((type === 'counter') !== name.endsWith('_total')) problems.push(`${name}: _total is for counters, all of them`);
    if (type === 'counter' && Number(valueText) < 0) problems.push(`${name} is negative`);
    if (ABBREVIATIONS.test(name)) problems.push(`${name}: no abbreviated units`);
    if (TYPE_IN_NAME.test(name)) problems.push(`${name}: no type in the name`);
    if (/_(count|sum|bucket|created)$/.test(name)) problems.push(`${name}: a suffix of histograms`);
    const unit = units.get(current);
    if (unit !== undefined && !current.endsWith(`_${unit}`))
      problems.push(`${current} does not end in its unit ${unit}`);
    if (open && unit === undefined && /_(seconds|ratio|bytes)$/.test(current)) problems.push(`${current} has no unit`);
    const labels: Record<string, string> = {};
    for (let rest = labelText; rest !== ''; ) {
      const label = LABEL.exec(rest);
      if (label === null) {
        problems.push(`${name}: not a label: ${rest}`);
        break;
      }
      const [whole, key = '', value = ''] = label;
      labels[key] = value.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
      rest = rest.slice(whole.length);
    }
    series.push({ name, labels, value: Number(valueText) });
  }
  return { series, problems };
}
