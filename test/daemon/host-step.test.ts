import { describe, expect, test } from '@jest/globals';
import { readClockPair } from '../../src/ioctl/clock-pair.js';
import { markerOnlyPage } from '../../src/sim/virtual-page.js';
import { harness } from './feeder-harness.js';

const SECOND = 1e9;
/** The step cannot show before somebody reads: one of the loop's intervals in steady state. */
const NOTICED_WITHIN_MS = 210;

describe("A host's clock that is stepped under the same marker", () => {
  test.each([5e6, -0.2e9, 40e3])(
    'by %p ns: nothing learnt before is mixed with what comes after, and chronyd is not reset',
    async (stepNs) => {
      const { world, feeder, logged } = harness(
        { seed: 4, page: markerOnlyPage(7n), systemRatePpm: 'true', method: 'PRECISE' },
        { recovery: 'feed-forward' },
      );
      feeder.start();
      await world.run(20 * SECOND);
      const sent = world.departed.length;
      world.stepHost(stepNs);
      let claims = 0;
      for (let ms = 0; ms < 5000; ms += 1) {
        await world.run(1e6);
        const { knowledge, sample } = feeder.report();
        if (ms < NOTICED_WITHIN_MS || knowledge === undefined || sample === undefined) continue;
        const { offsetNs, boundNs } = knowledge.carry(sample, readClockPair(world.clock), 1);
        expect(Math.abs(world.trueOffsetNs() - offsetNs)).toBeLessThanOrEqual(boundNs);
        claims += 1;
      }
      expect(claims).toBeGreaterThan(4000);
      expect(world.departed.slice(sent).filter(({ errorNs }) => Math.abs(errorNs) > 1000)).toEqual([]);
      expect(world.departed.length - sent).toBeGreaterThan(15);
      expect(feeder.report().disruptions).toBe(0);
      expect(world.chronyd.resets).toBe(0);
      expect(logged.filter((line) => line.includes("the host's clock was stepped"))).toHaveLength(1);
      feeder.stop();
    },
  );
});
