import type { Arch } from './arch.js';
import { Guest } from './guest.js';
import { FED_BY_US, startChronyd, startVmclockd } from './guest-programs.js';
import type { ProductOptions } from './image.js';
import type { GuestParts } from './qemu.js';

const WELCOME = `the page plays real time; chronyd and vmclockd run, started by hand, with their logs in /run/bench
try: vmclockd status, chronyc sources, truth.py --count 3; leave with Ctrl-]
`;

/** A shell in a guest, for a person. The page plays real time until the shell ends. */
export async function shell(arch: Arch, parts: GuestParts, { withProduct }: ProductOptions): Promise<number> {
  process.stderr.write(`booting ${arch.name} … `);
  const guest = await Guest.boot(arch, parts);
  if (withProduct) {
    await startChronyd(guest, FED_BY_US);
    await startVmclockd(guest);
  }
  const { stdin, stdout } = process;
  process.stderr.write(WELCOME);
  const { socket } = guest.shell;
  socket.write(
    `stty sane rows ${stdout.rows ?? 24} cols ${stdout.columns ?? 80}; PATH=$PATH:/opt/bench LC_ALL=C exec bash -i\n`,
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
