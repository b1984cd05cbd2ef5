import { parseCommandLine } from '../src/cli/command-line.js';

/** A word that can stand on the command line. */
export interface CompletedWord {
  readonly word: string;
  readonly describe: string;
}

/** A command of vmclockd with its flags. */
export interface CompletedCommand extends CompletedWord {
  readonly flags: readonly CompletedWord[];
}

/** All commands, as yargs knows them: it is asked for what could be typed next. */
export async function commandTable(): Promise<readonly CompletedCommand[]> {
  const commands = await completions('');
  const table: CompletedCommand[] = [];
  for (const command of commands) {
    if (!command.word.startsWith('-'))
      table.push({ ...command, flags: (await completions(command.word, '--')).map(asTyped) });
  }
  if (table.length === 0) throw new Error('yargs names no commands');
  return table;
}

/** yargs offers "--R" for what is typed as "-R". */
function asTyped(flag: CompletedWord): CompletedWord {
  return { ...flag, word: flag.word.replace(/^--(?=.$)/, '-') };
}

async function completions(...words: readonly string[]): Promise<readonly CompletedWord[]> {
  // Only for zsh yargs tells the descriptions, too.
  const shell = process.env['SHELL'];
  process.env['SHELL'] = '/bin/zsh';
  try {
    const command = await parseCommandLine(['--get-yargs-completions', 'vmclockd', ...words], '');
    if (command.name !== 'print') throw new Error(`yargs completes nothing after "${words.join(' ')}"`);
    return command.text.split('\n').flatMap(splitWord);
  } finally {
    if (shell === undefined) delete process.env['SHELL'];
    else process.env['SHELL'] = shell;
  }
}

/** "--json:print it as JSON"; a colon in the word itself is escaped. */
function splitWord(line: string): CompletedWord[] {
  const match = /^((?:[^:\\]|\\.)+):?(.*)$/.exec(line);
  return match === null ? [] : [{ word: (match[1] ?? '').replace(/\\(.)/g, '$1'), describe: match[2] ?? '' }];
}
