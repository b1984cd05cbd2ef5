import { readingsAllowed } from './clock-kind.js';
import { currentClocksource } from './current-clocksource.js';
import { PhcReader, type PhcReaderOptions } from './phc-reader.js';
import { PtpClock } from './ptp-clock.js';
import { SystemClocks } from './system-clocks.js';

/**
 * Opens a PHC for reading.
 *
 * @param clock as discoverClocks() or describeClock() give it
 * @throws SystemError
 */
export function openPhc(
  clock: { readonly path: string; readonly clockName: string },
  options: PhcReaderOptions = {},
): PhcReader {
  const parts = {
    clock: PtpClock.open(clock.path),
    clockName: clock.clockName,
    systemClocks: new SystemClocks(),
    clocksource: () => currentClocksource(),
  };
  const allowed = readingsAllowed(clock.clockName);
  const sparing = allowed === undefined ? {} : { extendedCount: allowed, basicCount: allowed };
  return new PhcReader(parts, { ...sparing, ...options });
}
