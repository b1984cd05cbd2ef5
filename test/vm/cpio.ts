/** One entry of an initramfs. A folder has neither data nor target. */
export interface CpioEntry {
  readonly path: string;
  readonly data?: Uint8Array;
  /** Target of a symbolic link. */
  readonly target?: string;
}

/** Packs entries into a "newc" archive, the format the kernel unpacks; every file is executable and root's. */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const parts: Buffer[] = [];
  entries.forEach((entry, index) => {
    const data = Buffer.from(entry.target ?? entry.data ?? []);
    const mode = entry.target !== undefined ? 0o120777 : entry.data !== undefined ? 0o100755 : 0o040755;
    parts.push(header(entry.path, mode, index + 1, data.length), padded(data));
  });
  parts.push(header('TRAILER!!!', 0, 0, 0));
  return Buffer.concat(parts);
}

/** Magic, then inode, mode, uid, gid, links, mtime, size, four device numbers, name size, check; name; padding. */
function header(path: string, mode: number, inode: number, size: number): Buffer {
  const name = Buffer.from(`${path}\0`);
  const fields = [inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name.length, 0];
  const text = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return padded(Buffer.concat([Buffer.from(text), name]));
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
