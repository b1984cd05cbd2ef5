/** Builds the kernel's answers to PTP ioctls as bytes, for tests. */

/** Writes struct ptp_clock_time at `offset`. */
export function putStamp(bytes: Uint8Array, offset: number, ns: bigint): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setBigInt64(offset, ns / 1_000_000_000n, true);
  view.setUint32(offset + 8, Number(ns % 1_000_000_000n), true);
}

/** Writes `count` and then the stamps, as EXTENDED and BASIC answer. */
export function putStamps(bytes: Uint8Array, count: number, stamps: readonly bigint[]): Uint8Array {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, count, true);
  for (const [index, ns] of stamps.entries()) putStamp(bytes, 16 + 16 * index, ns);
  return bytes;
}

/** Bytes from hexadecimal text with spaces. */
export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
}
