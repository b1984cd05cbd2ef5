import type { LineWriter } from '../log/stderr-writer.js';
import { sampleLine } from './sample-line.js';
import { type SentSample, servoSample } from './servo-sample.js';

/** Tells of each sample that leaves in a line as phc2sys prints it. */
export function tellAsPhc2sys(refid: string, writer: LineWriter): (sent: SentSample) => void {
  // Node's monotonic clock is CLOCK_MONOTONIC, as are phc2sys's time stamps.
  return (sent) => writer.write(`${sampleLine(servoSample(sent, refid, process.hrtime.bigint()))}\n`);
}
