import type { Guest } from '../guest.js';
import { end, startRecorder, startVmclockd, status, stopRecorder } from '../guest-programs.js';
import { recordedSamples, sampleErrorNs } from '../recorded-samples.js';
import { atLeast, exactly, type Figure, type Scenario } from '../scenario.js';
import { WITH_TIME } from './feed.js';

const VARIANTS = [
  { what: 'UTC page, offset +37', fields: { timeType: 0, taiOffsetSec: 37, flags: 1n }, aheadNs: 0n, shift: -37 },
  { what: 'UTC page, offset −37', fields: { timeType: 0, taiOffsetSec: -37, flags: 1n }, aheadNs: 0n, shift: 37 },
  {
    what: 'TAI page, offset +37',
    fields: { timeType: 1, taiOffsetSec: 37, flags: 1n },
    aheadNs: 37_000_000_000n,
    shift: 37,
  },
] as const;

/** Whatever this kernel makes of the page's time scale, no whole second reaches chronyd. */
const variants: Scenario = {
  name: 'timescale: never a wrong whole second',
  about: 'product',
  guest: WITH_TIME,
  async run(guest) {
    const figures: Figure[] = [];
    for (const { what, fields, aheadNs, shift } of VARIANTS) {
      await guest.rebind(fields, aheadNs);
      await startRecorder(guest);
      const id = await startVmclockd(guest, '--chronyd none');
      // Feeding is not demanded where the evidence does not suffice; feeding wrongly is what must not be.
      await guest.shell.run(
        'for i in $(seq 100); do [ $(grep -c 534f434b /run/bench/sock.txt) -ge 20 ] && exit 0; sleep 0.3; done',
        60_000,
      );
      const document = await status(guest);
      const { samples } = await recordedSamples(guest.shell);
      figures.push(
        exactly(
          `${what}: PHC − UTC found`,
          document?.phc?.shiftSeconds ?? `none: ${document?.phc?.timescaleReason}`,
          shift,
        ),
        atLeast(`${what}: samples`, samples.length, 20, ''),
        exactly(
          `${what}: wrong ones`,
          samples.filter((sample) => Math.abs(sampleErrorNs(sample, shift)) > 1000).length,
          0,
        ),
      );
      // Nobody may hold the device when the driver goes, or its successor gets another name.
      await end(guest, id);
      await stopRecorder(guest);
      // Within one boot the daemon rightly holds on to what it has established.
      await guest.shell.output('rm -f /var/lib/vmclockd/*');
    }
    figures.push(...(await withoutClock(guest)));
    return figures;
  },
};

/** A UTC page that does not tell the TAI offset: this kernel makes no PHC of it, and says so only in its log. */
async function withoutClock(guest: Guest): Promise<Figure[]> {
  await guest.rebind({ timeType: 0, flags: 0n });
  await startVmclockd(guest, '--chronyd none');
  await guest.shell.run(
    'for i in $(seq 60); do [ $(wc -l </run/bench/vmclockd.log) -ge 2 ] && exit 0; sleep 0.3; done',
    40_000,
  );
  const said = await guest.shell.output('cat /run/bench/vmclockd.log');
  return [
    exactly(
      'UTC page without TAI offset: says that there is no clock',
      /no (PTP )?clock/i.test(said) ? 'yes' : said,
      'yes',
    ),
  ];
}

export const timescale: readonly Scenario[] = [variants];
