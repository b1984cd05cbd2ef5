const LONGEST = 80;

/** A value from a configuration file on one line, shortened, control characters escaped. Never throws. */
export function showValue(value: unknown): string {
  const text = asText(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function asText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST));
  if (Array.isArray(value)) return 'a list';
  // TOML's dates are Date objects; an invalid one has no ISO form.
  if (value instanceof Date) return 'a date';
  if (typeof value === 'object' && value !== null) return 'a table';
  return String(value);
}
