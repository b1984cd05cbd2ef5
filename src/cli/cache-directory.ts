import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where this program may keep what it has fetched: `.cache` in a checkout, `$XDG_CACHE_HOME/vmclockd` (by
 * default `~/.cache/vmclockd`) for a package that npm or a distribution has installed, whose own folder is
 * not ours to write to.
 */
export function cacheDirectory(): string {
  const own = packageDirectory(dirname(fileURLToPath(import.meta.url)));
  // Only a checkout has the compiler's configuration.
  if (own !== undefined && existsSync(join(own, 'tsconfig.json'))) return join(own, '.cache');
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'vmclockd');
}

/** The nearest folder above `from` with a package.json. */
function packageDirectory(from: string): string | undefined {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  return parent === from ? undefined : packageDirectory(parent);
}
