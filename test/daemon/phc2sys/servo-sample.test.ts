import { describe, expect, test } from '@jest/globals';
import { sampleLine } from '../../../src/daemon/phc2sys/sample-line.js';
import { type SentSample, servoSample } from '../../../src/daemon/phc2sys/servo-sample.js';
import { markerOnlyPage } from '../../../src/sim/virtual-page.js';
import { harness } from '../feeder-harness.js';

const PAGE = markerOnlyPage(7n);
const SECOND = 1e9;

/** Samples of a loop in virtual time, as they leave: a clock that is 5 ms behind, a disruption after ten seconds. */
async function sentBy(withoutChronyd: boolean): Promise<SentSample[]> {
  const sent: SentSample[] = [];
  const { world, feeder } = harness(
    { seed: 7, page: PAGE, systemErrorNs: -5e6 },
    { recovery: 'feed-forward' },
    { withoutChronyd, broken: (ports) => ({ ...ports, onSample: (one) => void sent.push(one) }) },
  );
  feeder.start();
  await world.run(10 * SECOND);
  world.disrupt({ stepNs: 3_000_000, ratePpm: 12, tells: 'marker' });
  await world.run(10 * SECOND);
  feeder.stop();
  return sent;
}

describe('servoSample()', () => {
  test('has phc2sys’s sign: a clock that is behind has a negative offset', async () => {
    const [first] = await sentBy(true);
    if (first === undefined) throw new Error('nothing was sent');
    expect(first.sample.offsetNs).toBeGreaterThan(4.9e6);
    const told = servoSample(first, 'VMCK', 0n);
    expect(Number(told.offsetNs)).toBe(-Math.round(first.sample.offsetNs));
    expect(told.delayNs).toBe(first.sample.bracketNs);
    expect(sampleLine(told)).toMatch(/^phc2sys\[0\.000\]: CLOCK_REALTIME phc offset +-\d{7} s0 freq /);
  });

  test('is s0 until chronyd follows, s2 then, s1 once after a disruption, and s2 again', async () => {
    const sent = await sentBy(false);
    const states = sent.map((one) => servoSample(one, 'VMCK', 0n).state);
    const runs = states.filter((state, i) => state !== states[i - 1]);
    expect(runs.slice(0, 2)).toEqual([0, 2]);
    expect(runs.at(-1)).toBe(2);
    expect(states.filter((state) => state === 1)).toHaveLength(1);
    expect(servoSample(sent.at(-1) ?? fail(), 'OTHR', 0n).state).toBe(0);
  });

  test('the frequency is chronyd’s: what the clock would be too fast by', async () => {
    const last = (await sentBy(false)).at(-1) ?? fail();
    expect(servoSample(last, 'VMCK', 0n).frequencyPpb).toBe(
      (last.chronyd?.tracking?.frequencyPpm ?? Number.NaN) * 1000,
    );
  });

  test('without chronyd it is s0, with the frequency that would keep the clock on the PHC', async () => {
    const last = (await sentBy(true)).at(-1) ?? fail();
    const { state, frequencyPpb } = servoSample(last, 'VMCK', 0n);
    expect(state).toBe(0);
    expect(last.phcPpm).toBeDefined();
    expect(frequencyPpb).toBe(-(last.phcPpm ?? 0) * 1000);
  });
});

function fail(): never {
  throw new Error('nothing was sent');
}
