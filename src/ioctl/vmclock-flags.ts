import { VmclockFlag } from './vmclock-page.js';

const FLAG_NAMES: ReadonlyMap<bigint, string> = new Map(Object.entries(VmclockFlag).map(([name, bit]) => [bit, name]));

/** Names as in the status document. */
export type ClockStatusName =
  | 'unknown'
  | 'initialising'
  | 'synchronised'
  | 'free-running'
  | 'unreliable'
  | `unknown (${number})`;

/** Names as in the status document. */
export type LeapName = 'none' | 'insert' | 'delete' | 'inserting' | 'inserted' | 'deleted' | `unknown (${number})`;

const CLOCK_STATUS_NAMES: readonly ClockStatusName[] = [
  'unknown',
  'initialising',
  'synchronised',
  'free-running',
  'unreliable',
];
const LEAP_NAMES: readonly LeapName[] = ['none', 'insert', 'delete', 'inserting', 'inserted', 'deleted'];

/**
 * The flags that are set, lowest bit first, by the kernel header's names; `bit 12` for one this version does not know.
 *
 * @param flags the page's 64-bit flags
 */
export function vmclockFlagNames(flags: bigint): readonly string[] {
  const names: string[] = [];
  for (let bit = 0n, rest = BigInt.asUintN(64, flags); rest !== 0n; bit++, rest >>= 1n) {
    if ((rest & 1n) === 1n) names.push(FLAG_NAMES.get(1n << bit) ?? `bit ${bit}`);
  }
  return names;
}

/** @param clockStatus the page's clock_status */
export function clockStatusName(clockStatus: number): ClockStatusName {
  return CLOCK_STATUS_NAMES[clockStatus] ?? `unknown (${clockStatus})`;
}

/** @param leapIndicator the page's leap_indicator */
export function leapName(leapIndicator: number): LeapName {
  return LEAP_NAMES[leapIndicator] ?? `unknown (${leapIndicator})`;
}
