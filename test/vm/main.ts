import { ARCHES, type Arch } from './arch.js';
import type { ProductOptions } from './image.js';
import { prepare } from './prepare.js';
import { type GuestParts, removeLeftovers } from './qemu.js';
import { runScenarios, type Scenario } from './scenario.js';
import { disruption } from './scenarios/disruption.js';
import { feed, yardstick } from './scenarios/feed.js';
import { markerOnly } from './scenarios/marker-only.js';
import { notification } from './scenarios/notification.js';
import { ntpdRs } from './scenarios/ntpd-rs.js';
import { packaged } from './scenarios/package.js';
import { phc2sys } from './scenarios/phc2sys.js';
import { restart, unit } from './scenarios/restart.js';
import { selfTest } from './scenarios/self-test.js';
import { timescale } from './scenarios/timescale.js';
import { waitUnit } from './scenarios/wait-unit.js';
import { shell } from './shell-command.js';

/** In an order in which few boots are needed; the steering of marker-only's clock, which has another rate, comes late. */
const SCENARIOS: readonly Scenario[] = [
  ...selfTest,
  ...yardstick,
  ...feed,
  ...restart,
  ...timescale,
  ...disruption,
  ...notification,
  ...phc2sys,
  ...ntpdRs,
  ...markerOnly,
  ...unit,
  ...waitUnit,
  ...packaged,
];

const USAGE = `usage: npm run test:vm -- [--arch x86-64|arm64] [--bench-only] [--patch NAME] [PART OF A SCENARIO'S NAME …]
       npm run vm -- shell [--arch x86-64|arm64]   a shell in a guest whose page plays real time
       npm run vm -- list                          the scenarios
       --patch last-look | scale | basic           breaks the product on purpose: its scenarios must fail`;

async function main(words: string[]): Promise<number> {
  const optionsValue = (name: string) => {
    const at = words.indexOf(name);
    return at < 0 ? undefined : (words.splice(at, 2)[1] ?? '');
  };
  const wanted = optionsValue('--arch');
  const patch = optionsValue('--patch');
  const arches = ARCHES.filter(({ name }) => wanted === undefined || name === wanted);
  const benchOnly = words.includes('--bench-only');
  const [command = 'test', ...names] = words.filter((word) => word !== '--bench-only');
  const [first] = arches;
  if (first === undefined || command.startsWith('-')) {
    console.error(USAGE);
    return 2;
  }
  if (command === 'list') {
    for (const { name } of SCENARIOS) console.log(name);
    return 0;
  }
  removeLeftovers();
  if (command === 'shell') {
    const options: ProductOptions = { withProduct: !benchOnly, patch };
    return shell(first, await prepare(first, options), options);
  }
  if (command !== 'test') {
    console.error(USAGE);
    return 2;
  }
  const chosen = SCENARIOS.filter(({ name, about }) => {
    return (!benchOnly || about === 'bench') && (names.length === 0 || names.some((part) => name.includes(part)));
  });
  if (chosen.length === 0) {
    console.error('no scenario has such a name; npm run vm -- list shows them');
    return 2;
  }
  const started = performance.now();
  const withProduct = chosen.some(({ about }) => about === 'product');
  const runs: { arch: Arch; parts: GuestParts | undefined; scenarios: readonly Scenario[] }[] = [];
  for (const arch of arches) {
    const scenarios = chosen.filter(({ on }) => on?.(arch) ?? true);
    const withPackage = scenarios.some(({ guest }) => guest.debian);
    runs.push({ arch, scenarios, parts: await prepared(arch, { withProduct, patch, withPackage }) });
  }
  // One guest keeps one processor busy; there are two.
  const held = await Promise.all(
    runs.map(({ arch, parts, scenarios }) => (parts === undefined ? 0 : runScenarios(arch, parts, scenarios))),
  );
  const passed = held.reduce((sum, count) => sum + count, 0);
  const failed = runs.reduce((sum, { scenarios }) => sum + scenarios.length, 0) - passed;
  console.log(`${passed} passed, ${failed} failed, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return failed === 0 ? 0 : 1;
}

/** What cannot be prepared fails with all its scenarios. */
async function prepared(arch: Arch, options: ProductOptions): Promise<GuestParts | undefined> {
  try {
    return await prepare(arch, options);
  } catch (error) {
    console.log(`FAIL ${arch.name} cannot run: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
