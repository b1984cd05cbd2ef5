import { readFileSync } from 'node:fs';

/** The version in package.json, looked for from this file upwards; "unknown" where it is not installed with it. */
export function readVersion(): string {
  for (const up of ['../../package.json', '../../../package.json', '../../../../package.json']) {
    let text: string;
    try {
      text = readFileSync(new URL(up, import.meta.url), 'utf8');
    } catch {
      // Not this far up: the build directory lies between.
      continue;
    }
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null || !('name' in json) || json.name !== 'vmclockd') continue;
    if ('version' in json && typeof json.version === 'string') return json.version;
  }
  return 'unknown';
}
