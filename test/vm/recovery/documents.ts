import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, projectRoot } from '../folders.js';
import { EVENTS } from './events.js';
import { figuresOf } from './figures.js';
import type { Measurement } from './measurement.js';
import { type PictureLine, picture } from './picture.js';
import { STACKS } from './stacks.js';
import { tableOf } from './table.js';
import type { Trace } from './trace.js';

const folder = join(cacheFolder, 'recovery');
const TABLE = /<!-- table -->[\s\S]*<!-- end of table -->/;

/** Keeps what was measured, for the documents and for a closer look. */
export function keepMeasurement({ stack, event, trace }: Measurement): void {
  mkdirSync(folder, { recursive: true });
  const prefix = `${stack.name}_${event.name}_`;
  const number = readdirSync(folder).filter((name) => name.startsWith(prefix)).length + 1;
  writeFileSync(join(folder, `${prefix}${number}.json`), JSON.stringify(trace));
}

/** Everything kept, in the order of events and stacks. */
export function keptMeasurements(): Measurement[] {
  const names = readdirSync(folder).sort();
  return EVENTS.flatMap((event) =>
    STACKS.flatMap((stack) =>
      names
        .filter((name) => name.startsWith(`${stack.name}_${event.name}_`))
        .map((name) => {
          // Written above; a folder kept by another version of the bench is to be deleted.
          const trace: Trace = JSON.parse(readFileSync(join(folder, name), 'utf8'));
          return { stack, event, trace, figures: figuresOf(trace) };
        }),
    ),
  );
}

/** Puts the table and the picture of everything kept into docs/. */
export function writeDocuments(): void {
  const measurements = keptMeasurements();
  const path = join(projectRoot, 'docs/recovery.md');
  const text = readFileSync(path, 'utf8');
  const table = tableOf(measurements);
  writeFileSync(
    path,
    text.replace(TABLE, () => `<!-- table -->\n${table}<!-- end of table -->`),
  );
  const [event] = EVENTS;
  if (event === undefined) return;
  const lines = STACKS.flatMap((stack): PictureLine[] => {
    const traces = measurements.filter(
      (one) => one.stack === stack && one.event === event && one.trace.status.length === 0,
    );
    // The run in the middle by the time to 1 µs.
    const sorted = traces.sort((a, b) => order(a) - order(b));
    const middle = sorted[Math.floor(sorted.length / 2)];
    return middle === undefined ? [] : [{ ...stack, points: middle.trace.errors }];
  });
  writeFileSync(
    join(projectRoot, 'docs/recovery.svg'),
    picture(`|true error| of the guest’s clock after ${event.title}`, lines),
  );
}

function order({ figures }: Measurement): number {
  return Math.min(figures.until[2] ?? Number.MAX_VALUE, Number.MAX_VALUE);
}
