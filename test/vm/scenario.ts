import type { Arch } from './arch.js';
import { Guest, type GuestOptions } from './guest.js';
import type { GuestParts } from './qemu.js';

/** One measured figure and what it may be. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly limit: string;
  readonly ok: boolean;
}

/** Something to show in a guest. It says nothing about the architecture: both run the same text. */
export interface Scenario {
  /** Also its name on the command line. */
  readonly name: string;
  /** 'bench': shows that the bench itself can be trusted; 'product': shows something of vmclockd. */
  readonly about: 'bench' | 'product';
  /** The guest it wants, booted for it alone. */
  readonly guest: GuestOptions;
  /** Whether it can be shown on this architecture; everywhere when not said. */
  on?(arch: Arch): boolean;
  /** @throws Error when it cannot be carried through; a figure that is off is not an error. */
  run(guest: Guest): Promise<readonly Figure[]>;
}

export function atMost(what: string, value: number, limit: number, unit: string): Figure {
  return { what, value: quantity(value, unit), limit: `≤ ${quantity(limit, unit)}`, ok: value <= limit };
}

export function atLeast(what: string, value: number, limit: number, unit: string): Figure {
  return { what, value: quantity(value, unit), limit: `≥ ${quantity(limit, unit)}`, ok: value >= limit };
}

export function exactly(what: string, value: number | string | bigint, expected: number | string | bigint): Figure {
  return { what, value: String(value), limit: `= ${expected}`, ok: String(value) === String(expected) };
}

/** A figure without a limit, for comparison. */
export function forComparison(what: string, value: number, unit: string): Figure {
  return { what, value: quantity(value, unit), limit: '', ok: true };
}

function quantity(value: number, unit: string): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return `${value.toFixed(digits)} ${unit}`.trim();
}

/** Boots a scenario's guest, runs it, and prints its rows. @returns whether all of it held. */
export async function runScenario(arch: Arch, parts: GuestParts, scenario: Scenario): Promise<boolean> {
  const started = performance.now();
  let figures: readonly Figure[] = [];
  let problem = '';
  let guest: Guest | undefined;
  try {
    guest = await Guest.boot(arch, parts, scenario.guest);
    figures = await scenario.run(guest);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const held = problem === '' && figures.length > 0 && figures.every(({ ok }) => ok);
  if (!held && guest !== undefined) problem += `\n${await evidence(guest, scenario.name)}`;
  await guest?.stop();
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${held ? 'ok  ' : 'FAIL'} ${arch.name.padEnd(6)} ${scenario.name} (${seconds} s)`);
  for (const { what, value, limit, ok } of figures) {
    console.log(`     ${ok ? ' ' : '✗'} ${what.padEnd(58)} ${value.padStart(16)}   ${limit}`);
  }
  if (problem !== '') console.log(problem.replace(/^/gm, '       '));
  return held;
}

/** What a person needs to find out what went wrong. */
async function evidence(guest: Guest, name: string): Promise<string> {
  const console = guest.keepConsole(name);
  const logs = await guest.shell
    .run(
      'for f in /run/bench/*.log /run/bench/*.txt; do [ -f "$f" ] && echo "--- $f" && tail -n 12 "$f" | cut -c1-400; done; echo; echo "--- status"; python3 /opt/bench/status.py 2>&1 | cut -c1-3000',
      10_000,
    )
    .then(({ stdout }) => stdout.trim())
    .catch((error: unknown) => String(error));
  return `${logs}\nconsole log: ${console}`;
}
