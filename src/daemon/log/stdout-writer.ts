import { writeSync } from 'node:fs';
import { type LineWriter, stderrWriter } from './stderr-writer.js';

/** stdout, with the same manners as stderr's: scripts that read phc2sys read its stdout. */
export function stdoutWriter(): LineWriter {
  return stderrWriter((bytes) => writeSync(1, bytes));
}
