import { spawnSync } from 'node:child_process';

/** What a program is run with. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program to its end and returns what it printed.
 * @throws Error with the command and what it complained of
 */
export function run(file: string, args: readonly string[], { cwd, env }: RunOptions = {}): string {
  const ended = spawnSync(file, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (ended.error !== undefined) throw new Error(`${file} cannot be run: ${ended.error.message}`);
  if (ended.status === 0) return ended.stdout;
  const said = ended.stderr.trim().split('\n').slice(-10).join('\n');
  throw new Error(`${file} ${args.join(' ')}\nended with ${ended.signal ?? `exit code ${ended.status}`}:\n${said}`);
}
