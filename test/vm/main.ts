import { ARCHES } from './arch.js';
import { prepare } from './prepare.js';
import { runScenario, type Scenario } from './scenario.js';
import { disruption } from './scenarios/disruption.js';
import { feed } from './scenarios/feed.js';
import { markerOnly } from './scenarios/marker-only.js';
import { restart } from './scenarios/restart.js';
import { selfTest } from './scenarios/self-test.js';
import { timescale } from './scenarios/timescale.js';
import { shell } from './shell-command.js';

const SCENARIOS: readonly Scenario[] = [...selfTest, ...feed, ...timescale, ...disruption, ...markerOnly, ...restart];

const USAGE = `usage: npm run test:vm -- [--arch x86-64|arm64] [--bench-only] [PART OF A SCENARIO'S NAME …]
       npm run vm -- shell [--arch x86-64|arm64]   a shell in a guest whose page plays real time
       npm run vm -- list                          the scenarios`;

async function main(words: string[]): Promise<number> {
  const archAt = words.indexOf('--arch');
  const wanted = archAt < 0 ? undefined : words.splice(archAt, 2)[1];
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
  if (command === 'shell') return shell(first, await prepare(first, { withProduct: !benchOnly }));
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
  let failed = 0;
  let held = 0;
  const started = performance.now();
  for (const arch of arches) {
    const parts = await prepare(arch, { withProduct: chosen.some(({ about }) => about === 'product') });
    for (const scenario of chosen.filter(({ on }) => on?.(arch) ?? true)) {
      if (await runScenario(arch, parts, scenario)) held += 1;
      else failed += 1;
    }
  }
  console.log(`${held} held, ${failed} failed, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
