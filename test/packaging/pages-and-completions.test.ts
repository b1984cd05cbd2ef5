import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commandTable } from '../../packaging/command-table.js';
import { bashCompletion, zshCompletion } from '../../packaging/completion-scripts.js';
import { describedKeys } from '../../packaging/configuration-keys.js';
import { manualPage } from '../../packaging/manual-page.js';
import { configurationPage } from '../../packaging/share-files.js';
import { SETTING_KEYS } from '../../src/daemon/config/setting-keys.js';

const PAGE = readFileSync(join(process.cwd(), 'docs/man/vmclockd.8.md'), 'utf8');
const COMMANDS = [
  {
    word: 'status',
    describe: "the daemon's",
    flags: [
      { word: '--json', describe: 'as JSON: all' },
      { word: '--socket', describe: 'where' },
    ],
  },
  { word: 'run', describe: 'run', flags: [] },
];

describe('manual pages', () => {
  test('name every command that yargs knows', async () => {
    const names = (await commandTable()).map(({ word }) => word);
    expect(names).toEqual(expect.arrayContaining(['run', 'status', 'install']));
    for (const name of names) expect(PAGE).toMatch(new RegExp(`^\\* .*\`${name}\`.*:$`, 'm'));
  });

  test('name every key of the configuration with its description', () => {
    const groups = describedKeys(readFileSync(join(process.cwd(), 'config/vmclockd.toml'), 'utf8'));
    const names = groups.flatMap(({ keys }) => keys.map(({ name }) => name));
    for (const { toml } of Object.values(SETTING_KEYS)) expect(names).toContain(toml);
    for (const { text } of groups) expect(text).not.toBe('');
    for (const { toml } of Object.values(SETTING_KEYS)) expect(configurationPage()).toContain(`\`${toml} = `);
  });

  test('are roff without a trace of Markdown or HTML', () => {
    const page = manualPage(configurationPage(), '1.2.3', 86_400);
    expect(page).toMatch(/^\.TH "VMCLOCKD\\\.TOML" "5" "January 1970" "vmclockd 1\.2\.3"/);
    expect(page).toContain('.TP\n\\fBphc = "auto"\\fP');
    expect(page).not.toMatch(/&\w+;|^#|`/m);
  });
});

describe('the sample configuration, read for its keys', () => {
  test('gives keys with heading, table, default and description', () => {
    const sample =
      '# preface\n\n# --- One ---\n\n# First.\n#a = 1\n#b = "x"\n\n[t]\n\n# Second,\n# longer. (reload)\n#c = 2\n';
    expect(describedKeys(sample)).toEqual([
      {
        heading: 'One',
        keys: [
          { name: 'a', value: '1' },
          { name: 'b', value: '"x"' },
        ],
        text: 'First.',
      },
      { heading: 'One', keys: [{ name: 't.c', value: '2' }], text: 'Second, longer. (reload)' },
    ]);
  });
});

describe('completion', () => {
  function complete(...words: string[]): string[] {
    const script = `${bashCompletion(COMMANDS)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _vmclockd
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout.split('\n').filter(Boolean);
  }

  test('in bash offers commands, then the flags of the command', () => {
    expect(complete('vmclockd', '')).toEqual(['status', 'run', '--help', '--version']);
    expect(complete('vmclockd', 'st')).toEqual(['status']);
    expect(complete('vmclockd', 'status', '--')).toEqual(['--json', '--socket']);
    expect(complete('vmclockd', 'status', '--socket', '/r')).toEqual([]);
  });

  test('in zsh has the descriptions, quoted', () => {
    const script = zshCompletion(COMMANDS);
    expect(script).toMatch(/^#compdef vmclockd\n/);
    expect(script).toContain("'status:the daemon'\\''s'");
    expect(script).toContain("'--json:as JSON: all'");
  });
});
