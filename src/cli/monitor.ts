import { setTimeout as sleep } from 'node:timers/promises';
import { type OpenPhc, openChosenPhc } from '../daemon/open-clocks.js';
import { type ServoSample, sampleLine } from '../daemon/phc2sys/sample-line.js';
import { summarise } from '../daemon/phc2sys/summarise.js';
import { summaryLine } from '../daemon/phc2sys/summary-line.js';
import { textLine } from '../daemon/phc2sys/text-line.js';
import { detectTimescale } from '../daemon/timescale.js';
import { readKernelSteering } from '../ioctl/libc-timex.js';
import { SystemClocks } from '../ioctl/system-clocks.js';
import { SystemError } from '../ioctl/system-error.js';
import { printable } from './format-text.js';
import type { MonitorArguments } from './monitor-arguments.js';
import { observePhc } from './observe-phc.js';

const EXIT_FAILED = 1;

/**
 * `vmclockd monitor`: what phc2sys would print, without steering anything.
 *
 * @returns the exit code: 0 when all lines were printed, 1 when the clock cannot be read
 */
export async function monitorCommand(args: MonitorArguments): Promise<number> {
  const complain = (text: string): void => void process.stderr.write(`${textLine(now(), printable(text))}\n`);
  const log = { debug: () => {}, info: () => {}, warn: complain, error: complain };
  let opened: OpenPhc | undefined;
  try {
    opened = openChosenPhc(args.device ?? 'auto', log);
    const { phc } = opened;
    const offsetSeconds = args.offset ?? findOffset(opened);
    const readings = (): ServoSample => observePhc(phc.read().readings, offsetSeconds, readKernelSteering(), now());
    await printLines(args, readings, complain);
    return 0;
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return EXIT_FAILED;
  } finally {
    opened?.phc.close();
  }
}

/** Node's monotonic clock is CLOCK_MONOTONIC, as are phc2sys's time stamps. */
const now = (): bigint => process.hrtime.bigint();

async function printLines(
  { rate, summary, count }: MonitorArguments,
  read: () => ServoSample,
  complain: (text: string) => void,
): Promise<void> {
  const collected: ServoSample[] = [];
  const intervalMs = 1000 / rate;
  let dueMs = performance.now();
  for (let lines = 0; count === 0 || lines < count; ) {
    const sample = unlessBusy(read, complain);
    if (sample !== undefined && summary === 0) {
      process.stdout.write(`${sampleLine(sample)}\n`);
      lines += 1;
    } else if (sample !== undefined && collected.push(sample) === summary) {
      process.stdout.write(`${summaryLine(summarise(collected.splice(0)))}\n`);
      lines += 1;
    }
    dueMs = Math.max(dueMs + intervalMs, performance.now());
    if (count === 0 || lines < count) await sleep(dueMs - performance.now());
  }
}

/** A busy device is for the next time; so does phc2sys. */
function unlessBusy(read: () => ServoSample, complain: (text: string) => void): ServoSample | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'EBUSY') throw error;
    complain(error.message);
    return undefined;
  }
}

/** @throws Error that says what is not known, and how to say it */
function findOffset({ phc, described }: OpenPhc): number {
  const clocks = new SystemClocks();
  const steering = { correctionPpb: 0, synchronised: false };
  const { offsetNs } = observePhc(phc.read().readings, 0, steering, 0n);
  const verdict = detectTimescale({
    setting: 'auto',
    driver: described.timescale,
    phcMinusSystemNs: -Number(offsetNs),
    pageTaiOffsetSeconds: undefined,
    kernelTaiOffsetSeconds: clocks.kernelTaiOffsetSeconds(),
    rememberedShiftSeconds: undefined,
  });
  if (verdict.kind === 'known') return verdict.shiftSeconds === 0 ? 0 : -verdict.shiftSeconds;
  throw new Error(`${verdict.reason}: say what ${described.path} ticks with -O (0: UTC, -37: TAI)`);
}
