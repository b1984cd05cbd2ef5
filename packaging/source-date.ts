import { repositoryRoot } from './repository.js';
import { run } from './run.js';

/**
 * The time that everything in a package bears, s since 1970, so that the same sources make the same package:
 * $SOURCE_DATE_EPOCH, else that of the last commit.
 */
export function sourceDate(): number {
  const given = process.env['SOURCE_DATE_EPOCH'] ?? '';
  if (/^\d+$/.test(given)) return Number(given);
  try {
    return Number(run('git', ['log', '-1', '--format=%ct'], { cwd: repositoryRoot }).trim());
  } catch (error) {
    throw new Error(`no date for the package: set SOURCE_DATE_EPOCH, or run in a git checkout: ${String(error)}`);
  }
}
