import { setTimeout as delay } from 'node:timers/promises';
import { x86 } from '../arch.js';
import { Guest } from '../guest.js';
import { status, tidy } from '../guest-programs.js';
import { prepare } from '../prepare.js';
import { keepMeasurement, keptMeasurements, writeDocuments } from './documents.js';
import { EVENTS, type RecoveryEvent } from './events.js';
import { figuresOf } from './figures.js';
import { secondDisruptions } from './second-disruption.js';
import { STACKS, type Stack } from './stacks.js';
import { tableOf } from './table.js';
import { installWatcher, watched } from './watch.js';

const USAGE = `usage: npm run bench:recovery -- [--stacks A,B] [--events A,B] [--runs N] [--claims] [--second N] [--write]
       npm run bench:recovery -- --report [--write]
  stacks: ${STACKS.map(({ name }) => name).join(', ')}
  events: ${EVENTS.map(({ name }) => name).join(', ')}
  --claims   asks vmclockd's status ten times a second, which slows the emulated guest
  --second N disrupts N times, and again 50 to 400 ms later, instead
  --report   measures nothing: the table of all that is kept in .cache/vm/recovery
  --write    puts that table and the picture into docs/`;

/** chronyd's answer costs little; Node's status costs an emulated guest some ms. */
const TRACKING_HERTZ = 20;
const CLAIMS_HERTZ = 10;

interface Plan {
  readonly stacks: readonly Stack[];
  readonly events: readonly RecoveryEvent[];
  readonly runs: number;
  readonly second: number;
  readonly claims: boolean;
}

async function main(words: readonly string[]): Promise<number> {
  const value = (name: string): string | undefined => {
    const at = words.indexOf(name);
    return at < 0 ? undefined : words[at + 1];
  };
  const [stackNames, eventNames] = [value('--stacks')?.split(','), value('--events')?.split(',')];
  const plan: Plan = {
    stacks: STACKS.filter(({ name }) => stackNames?.includes(name) ?? true),
    events: EVENTS.filter(({ name }) => eventNames?.includes(name) ?? true),
    runs: Number(value('--runs') ?? 1),
    second: Number(value('--second') ?? 0),
    claims: words.includes('--claims'),
  };
  const { stacks, events, runs, second } = plan;
  if (stacks.length === 0 || events.length === 0 || !(runs >= 1) || !(second >= 0) || words.includes('--help')) {
    console.error(USAGE);
    return 2;
  }
  const failed = words.includes('--report') ? 0 : await measureAll(plan);
  if (second === 0) console.log(tableOf(keptMeasurements()));
  if (words.includes('--write')) writeDocuments();
  return failed === 0 ? 0 : 1;
}

/** @returns how many stacks could not be carried through. */
async function measureAll(plan: Plan): Promise<number> {
  const parts = await prepare(x86, { withProduct: true });
  let failed = 0;
  for (const stack of plan.stacks) {
    const guest = await Guest.boot(x86, parts, stack.guest);
    try {
      await installWatcher(guest);
      await tidy(guest);
      await stack.start(guest);
      if (plan.second > 0) await secondDisruptions(guest, stack, plan.second);
      else await measure(guest, stack, plan);
    } catch (error) {
      console.error(`${stack.name}: ${error instanceof Error ? error.message : String(error)}`);
      failed += 1;
    } finally {
      await guest.stop();
    }
  }
  return failed;
}

async function measure(guest: Guest, stack: Stack, { events, runs, claims }: Plan): Promise<void> {
  for (let run = 1; run <= runs; run += 1) {
    for (const event of events) {
      await delay(stack.settleSeconds * 1000);
      const { stepNs = 0, ppm = 0 } = event.disruption;
      // Rates would add up over many runs.
      const disruption = { stepNs, ppm: run % 2 === 0 ? -ppm : ppm };
      const { lineFile, toggledFlags } = stack;
      const options = {
        ...(lineFile === undefined ? {} : { flags: lineFlags(lineFile, disruption) }),
        seconds: stack.watchSeconds,
        shiftSeconds: stack.shiftSeconds,
        trackingHertz: stack.chronyd ? TRACKING_HERTZ : 0,
        statusHertz: stack.vmclockd && claims ? CLAIMS_HERTZ : 0,
      };
      const told = { ...disruption, ...(toggledFlags === undefined ? {} : { toggledFlags }) };
      const trace = await watched(guest, options, () => guest.disrupt(lineFile === undefined ? told : {}));
      const figures = figuresOf(trace);
      keepMeasurement({ stack, event, trace, figures });
      const last = stack.vmclockd ? (await status(guest))?.disruptions.last : undefined;
      console.log(stack.name, event.name, run, JSON.stringify({ ...figures, gap: trace.longestGapSeconds, last }));
    }
  }
}

/** The guest itself changes its line with the marker. Comparing clocks for this truth takes long, so it is done less often. */
function lineFlags(lineFile: string, { stepNs, ppm }: { stepNs: number; ppm: number }): string {
  return `--fast 40 --slow 20 --line ${lineFile} --disrupt-line ${stepNs}:${ppm * 1000}`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
