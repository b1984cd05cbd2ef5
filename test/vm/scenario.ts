import type { Arch } from './arch.js';
import { Guest, type GuestOptions } from './guest.js';
import { tidy } from './guest-programs.js';
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
  /** The guest it wants. */
  readonly guest: GuestOptions;
  /** Wants a guest that has just booted. Others take over the guest of the scenario before them, if that held. */
  readonly freshBoot?: boolean;
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

/** Something without a limit, in words. */
export function told(what: string, value: string): Figure {
  return { what, value, limit: '', ok: true };
}

function quantity(value: number, unit: string): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return `${value.toFixed(digits)} ${unit}`.trim();
}

/** Runs scenarios on one architecture and prints their rows. @returns how many of them held. */
export async function runScenarios(arch: Arch, parts: GuestParts, scenarios: readonly Scenario[]): Promise<number> {
  let held = 0;
  let left: Guest | undefined;
  for (const scenario of scenarios) {
    const fresh = scenario.freshBoot || scenario.guest.systemd;
    if (fresh) await left?.stop();
    left = await runScenario(arch, parts, scenario, fresh ? undefined : left);
    if (left !== undefined) held += 1;
  }
  await left?.stop();
  return held;
}

/** @returns the guest, when all of it held. */
async function runScenario(
  arch: Arch,
  parts: GuestParts,
  scenario: Scenario,
  taken: Guest | undefined,
): Promise<Guest | undefined> {
  const started = performance.now();
  let figures: readonly Figure[] = [];
  let problem = '';
  let guest = taken;
  try {
    if (guest === undefined) guest = await Guest.boot(arch, parts, scenario.guest);
    else {
      await tidy(guest);
      await guest.adopt(scenario.guest);
    }
    figures = await scenario.run(guest);
    if (figures.length === 0) problem = 'it measured nothing';
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const held = problem === '' && figures.every(({ ok }) => ok);
  if (!held && guest !== undefined) problem += `\n${await evidence(guest, scenario.name)}`;
  if (!held) await guest?.stop();
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const rows = figures.map(({ what, value, limit, ok }) =>
    `     ${ok ? ' ' : '✗'} ${what.padEnd(58)} ${value.padStart(16)}   ${limit}`.trimEnd(),
  );
  const report = [`${held ? 'ok  ' : 'FAIL'} ${arch.name.padEnd(6)} ${scenario.name} (${seconds} s)`, ...rows];
  if (problem !== '') report.push(problem.trim().replace(/^/gm, '       '));
  console.log(report.join('\n'));
  return held ? guest : undefined;
}

/** What a person needs to find out what went wrong. */
async function evidence(guest: Guest, name: string): Promise<string> {
  const console = guest.keepConsole(name);
  const logs = await guest.shell
    .run(
      'for f in /run/bench/*.log /run/bench/*.txt; do [ -f "$f" ] && echo "--- $f" && tail -n 12 "$f" | cut -c1-400; done; echo; echo "--- status"; python3 /opt/bench/status.py 2>&1 | cut -c1-3000; echo; echo "--- kernel"; dmesg | tail -n 12',
      10_000,
    )
    .then(({ stdout }) => stdout.trim())
    .catch((error: unknown) => String(error));
  return `${logs}\nconsole log: ${console}`;
}
