import { writeSync } from 'node:fs';
import { errorCode } from '../error-code.js';

/** Writes whole lines; what cannot be written at once is dropped and counted, never waited for. */
export interface LineWriter {
  /** @param line with its newline */
  write(line: string): void;
}

/** Writes bytes and returns how many it took; throws as `fs.writeSync` does. */
export type WriteBytes = (bytes: Uint8Array) => number;

/**
 * A writer for stderr that cannot hurt the daemon: a reader that went away (EPIPE) or does not keep up (EAGAIN)
 * costs log lines, and the next line that gets through says how many. pino's own destination would sleep on
 * EAGAIN and emit an error nobody waits for on EPIPE.
 */
export function stderrWriter(writeBytes: WriteBytes = (bytes) => writeSync(2, bytes)): LineWriter {
  let lost = 0;
  let broken = false;

  /** True when all of it was written. */
  const writeAll = (text: string): boolean => {
    const bytes = Buffer.from(text);
    let done = 0;
    while (done < bytes.length) {
      let count: number;
      try {
        count = writeBytes(bytes.subarray(done));
      } catch (error) {
        if (errorCode(error) === 'EINTR') continue;
        count = 0;
      }
      if (count <= 0) {
        if (done > 0) broken = true;
        return false;
      }
      done += count;
    }
    broken = false;
    return true;
  };

  return {
    write(line) {
      // Half a line may stand there already: start a new one.
      const start = broken ? '\n' : '';
      if (lost > 0) {
        const notice = `${start}vmclockd: ${lost} log ${lost === 1 ? 'line' : 'lines'} could not be written\n`;
        if (!writeAll(notice)) {
          lost += 1;
          return;
        }
        lost = 0;
        if (!writeAll(line)) lost = 1;
        return;
      }
      if (!writeAll(start + line)) lost += 1;
    },
  };
}
