const NS_UNITS = [
  { ns: 1e9, name: 's' },
  { ns: 1e6, name: 'ms' },
  { ns: 1e3, name: 'µs' },
  { ns: 1, name: 'ns' },
] as const;

/** A span of ns in the unit that suits it, three digits: "38 ns", "1.53 µs", "12.0 ms", "-3.10 s". */
export function formatNs(ns: number): string {
  if (!Number.isFinite(ns)) return 'unknown';
  const size = Math.abs(ns);
  // 999.7 ns is "1.00 µs", not "1000 ns".
  const unit = NS_UNITS.find(({ ns: one }) => size >= one * 0.9995) ?? { ns: 1, name: 'ns' };
  const value = ns / unit.ns;
  const digits = size < 99.5 * unit.ns && unit.ns > 1 ? (size < 9.995 * unit.ns ? 2 : 1) : 0;
  return `${noMinusZero(value.toFixed(digits))} ${unit.name}`;
}

/** The same with its sign always there: "+38 ns". */
export function formatSignedNs(ns: number): string {
  const text = formatNs(ns);
  return ns > 0 ? `+${text}` : text;
}

/** A frequency in ppm, signed, to a thousandth: "+12.346 ppm". */
export function formatPpm(ppm: number): string {
  if (!Number.isFinite(ppm)) return 'unknown';
  const text = noMinusZero(ppm.toFixed(3));
  return `${ppm > 0 ? '+' : ''}${text} ppm`;
}

/** How long, for people: "0.13 s", "42 s", "12 min 5 s", "1 h 2 min", "3 d 4 h". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  if (seconds < 9.995) return `${seconds.toFixed(2).replace(/\.?0+$/, '')} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(whole, 60, 'min', 1, 's');
  if (whole < 86400) return pair(whole, 3600, 'h', 60, 'min');
  return pair(whole, 86400, 'd', 3600, 'h');
}

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small);
  const first = `${Math.floor(seconds / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

function noMinusZero(text: string): string {
  return /^-0(\.0+)?$/.test(text) ? text.slice(1) : text;
}
