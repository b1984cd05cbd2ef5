import { describe, expect, test } from '@jest/globals';
import { OffsetLine } from '../../../src/daemon/recovery/offset-line.js';
import { Random } from '../../../src/sim/random.js';

const START = 1_000_000_000_000n;

describe('OffsetLine', () => {
  test('knows nothing without points, and no rate before three', () => {
    const line = new OffsetLine();
    expect(line.at(START)).toBeUndefined();
    line.add({ rawNs: START, offsetNs: 5e6, boundNs: 400 });
    line.add({ rawNs: START + 10_000_000n, offsetNs: 5e6 + 400, boundNs: 400 });
    expect(line.at(START)).toMatchObject({ offsetUncertaintyNs: 400, rateUncertaintyPpm: Number.POSITIVE_INFINITY });
  });

  test('finds offset and rate of noisy points within the uncertainties it claims', () => {
    const random = new Random(3);
    let outside = 0;
    for (let run = 0; run < 500; run += 1) {
      const line = new OffsetLine();
      const ratePpm = random.between(-50, 50);
      const count = 4 + Math.floor(random.uniform() * 20);
      const at = (i: number) => 3e6 + ratePpm * 1e-6 * i * 10e6;
      for (let i = 0; i < count; i += 1) {
        line.add({ rawNs: START + BigInt(i * 10_000_000), offsetNs: at(i) + random.between(-500, 500), boundNs: 500 });
      }
      const motion = line.at(START + BigInt(count * 10_000_000));
      if (motion === undefined) throw new Error('there are points');
      if (Math.abs(motion.ratePpm - ratePpm) > motion.rateUncertaintyPpm) outside += 1;
      if (Math.abs(motion.offsetNs - at(count)) > motion.offsetUncertaintyNs + 500) outside += 1;
    }
    // Three standard deviations of what is not quite normal.
    expect(outside).toBeLessThan(10);
  });

  test('keeps ns of an offset of days', () => {
    const line = new OffsetLine();
    const days = 3 * 86400e9;
    for (let i = 0; i < 6; i += 1)
      line.add({ rawNs: START + BigInt(i) * 10_000_000n, offsetNs: days + i * 400, boundNs: 1 });
    expect(line.at(START + 60_000_000n)?.ratePpm).toBeCloseTo(40, 3);
    expect(Math.abs((line.at(START + 60_000_000n)?.offsetNs ?? 0) - days - 2400)).toBeLessThan(1);
  });
});
