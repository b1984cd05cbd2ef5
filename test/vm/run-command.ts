import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program on the host and resolves with its standard output.
 * @throws Error with the command, its exit code and the end of its standard error.
 */
export function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [file, ...args] = command;
  if (file === undefined) throw new Error('runCommand() needs a command');
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (error) => reject(new Error(`cannot start ${file}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString());
      const tail = Buffer.concat(err).toString().trim().split('\n').slice(-8).join('\n');
      reject(new Error(`${command.join(' ')}\nended with ${signal ?? `exit code ${code}`}:\n${tail}`));
    });
  });
}
