/**
 * A line as phc2sys prints it: `phc2sys[12.345]: text`, without the newline. Scripts look for the name, so it is
 * phc2sys's here as well.
 *
 * @param monotonicNs CLOCK_MONOTONIC, ns; milliseconds are cut off, not rounded
 */
export function textLine(monotonicNs: bigint, text: string): string {
  const ms = monotonicNs / 1_000_000n;
  return `phc2sys[${ms / 1000n}.${(ms % 1000n).toString().padStart(3, '0')}]: ${text}`;
}
