/** What `vmclockd install` has written: paths with the SHA-256 of their contents. */
export type Manifest = ReadonlyMap<string, string>;

/** Where it is kept, below the prefix. */
export const MANIFEST_PATH = 'share/vmclockd/installed.json';

/** @returns undefined when the text is not a manifest */
export function decodeManifest(text: string): Manifest | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || !('files' in json)) return undefined;
  const { files } = json;
  if (typeof files !== 'object' || files === null || Array.isArray(files)) return undefined;
  const manifest = new Map<string, string>();
  for (const [path, sum] of Object.entries(files)) {
    // A path that climbs out, or a sum that is none, was not written by us.
    if (!path.startsWith('/') || path.split('/').includes('..')) return undefined;
    if (typeof sum !== 'string' || !/^[0-9a-f]{64}$/.test(sum)) return undefined;
    manifest.set(path, sum);
  }
  return manifest;
}

export function encodeManifest(manifest: Manifest): string {
  const files = Object.fromEntries([...manifest].sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ what: 'Files written by `vmclockd install`, with their SHA-256', files }, undefined, 2)}\n`;
}
