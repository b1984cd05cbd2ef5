import type { Arch } from './arch.js';
import { Guest } from './guest.js';
import type { GuestParts } from './qemu.js';

/** A shell in a guest, for a person. The page plays real time until the shell ends. */
export async function shell(arch: Arch, parts: GuestParts): Promise<number> {
  process.stderr.write(`booting ${arch.name} … `);
  const guest = await Guest.boot(arch, parts);
  process.stderr.write('the page plays real time; leave with Ctrl-]\n');
  const { socket } = guest.shell;
  const { stdin, stdout } = process;
  socket.write(
    `stty sane rows ${stdout.rows ?? 24} cols ${stdout.columns ?? 80}; PATH=$PATH:/opt/bench exec bash -i\n`,
  );
  if (stdin.isTTY) stdin.setRawMode(true);
  const refresh = setInterval(() => void guest.hypervisor.refresh().catch(() => undefined), 1000);
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk: string) => stdout.write(chunk));
    socket.on('close', resolve);
    stdin.on('data', (chunk: Buffer) => (chunk.includes(0x1d) ? resolve() : socket.write(chunk)));
    stdin.on('end', resolve);
  });
  clearInterval(refresh);
  if (stdin.isTTY) stdin.setRawMode(false);
  stdin.pause();
  await guest.stop();
  return 0;
}
