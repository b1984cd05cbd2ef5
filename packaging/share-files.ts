import { join } from 'node:path';
import { readVersion } from '../src/cli/version.js';
import { commandTable } from './command-table.js';
import { bashCompletion, zshCompletion } from './completion-scripts.js';
import { describedKeys, keysAsMarkdown } from './configuration-keys.js';
import { manualPage } from './manual-page.js';
import { readRepositoryFile, repositoryRoot } from './repository.js';
import { sourceDate } from './source-date.js';
import { put } from './tree.js';

/** The manual page of the configuration as Markdown, its keys taken from the sample configuration. */
export function configurationPage(): string {
  const keys = keysAsMarkdown(describedKeys(readRepositoryFile('config/vmclockd.toml')));
  return readRepositoryFile('docs/man/vmclockd.toml.5.md').replace('@KEYS@', () => keys);
}

/** Makes what is made rather than kept, in build/share: manual pages and completions. */
export async function makeShareFiles(): Promise<void> {
  const version = readVersion();
  const seconds = sourceDate();
  const commands = await commandTable();
  const files: Readonly<Record<string, string>> = {
    'vmclockd.8': manualPage(readRepositoryFile('docs/man/vmclockd.8.md'), version, seconds),
    'vmclockd.toml.5': manualPage(configurationPage(), version, seconds),
    'vmclockd.bash': bashCompletion(commands),
    _vmclockd: zshCompletion(commands),
  };
  for (const [name, text] of Object.entries(files)) put(join(repositoryRoot, 'build/share'), name, text);
}
