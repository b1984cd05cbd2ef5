import { describe, expect, test } from '@jest/globals';
import type { ReadingMethod } from '../../../src/ioctl/reading.js';
import { VmclockFlag } from '../../../src/ioctl/vmclock-page.js';
import { markerOnlyPage } from '../../../src/sim/virtual-page.js';
import type { VirtualWorld, VirtualWorldOptions } from '../../../src/sim/virtual-world.js';
import { type Harness, harness, OPTIONS } from '../feeder-harness.js';

const SECOND = 1e9;

/** A guest that chronyd has steered right: its clock runs as true time does. */
async function settledGuest(
  options: Partial<VirtualWorldOptions>,
  phcTimescale: 'utc' | 'unknown' = 'utc',
): Promise<Harness> {
  const all: VirtualWorldOptions = { seed: 1, page: markerOnlyPage(7n), systemRatePpm: 'true', ...options };
  const started = harness(all, { recovery: 'feed-forward' }, { phcTimescale });
  started.feeder.start();
  await started.world.run(10 * SECOND);
  return started;
}

/** The line's rate is what changes; the system clock still runs as it was tuned to. */
function migrate(world: VirtualWorld, stepNs: number, ratePpm: number): void {
  world.disrupt({ stepNs, ratePpm: world.ratePpm + ratePpm, tells: 'marker' });
}

/** Virtual ms until the true error stays below `limitNs` for a second. */
async function msUntilRight(world: VirtualWorld, limitNs: number): Promise<number> {
  const from = world.rawNs;
  let wrongAt = from;
  while (Number(world.rawNs - wrongAt) < SECOND && Number(world.rawNs - from) < 20 * SECOND) {
    if (Math.abs(world.trueOffsetNs()) >= limitNs) wrongAt = world.rawNs;
    await world.run(1e6);
  }
  return Number(wrongAt - from) / 1e6;
}

const EVENTS = [
  [0, 40],
  [0, -50],
  [10e6, 0],
  [10e6, 40],
  [-200e6, -50],
  [3 * 86400e9, 40],
] as const;

describe('Recovery by feed-forward', () => {
  test.each(EVENTS)(
    'PRECISE: %p ns and %p ppm are below 1 µs within 300 ms of the disruption',
    async (stepNs, ratePpm) => {
      const { world } = await settledGuest({ method: 'PRECISE' });
      migrate(world, stepNs, ratePpm);
      expect(await msUntilRight(world, 1000)).toBeLessThan(300);
    },
  );

  test.each(EVENTS)(
    'BASIC with brackets of 2 µs: %p ns and %p ppm are below 5 µs within 1 s',
    async (stepNs, ratePpm) => {
      const { world } = await settledGuest({ method: 'BASIC' });
      migrate(world, stepNs, ratePpm);
      expect(await msUntilRight(world, 5000)).toBeLessThan(1000);
    },
  );

  test('a change of rate alone is corrected before the error reaches 4 µs (PRECISE)', async () => {
    const { world } = await settledGuest({ method: 'PRECISE' });
    migrate(world, 0, 40);
    let worst = 0;
    for (let ms = 0; ms < 3000; ms += 1) {
      await world.run(1e6);
      worst = Math.max(worst, Math.abs(world.trueOffsetNs()));
    }
    expect(worst).toBeLessThan(4000);
  });

  test.each(EVENTS)(
    'a page with time: %p ns and %p ppm are below 1 µs within 100 ms, by one change of rate',
    async (stepNs, ratePpm) => {
      // 2.5 GHz, in units of 2^-(64+28) s.
      const period = (1n << 92n) / 2_500_000_000n;
      const page = { ...markerOnlyPage(7n), counterId: 1, timeType: 0, clockStatus: 2, counterPeriodShift: 28 };
      const { world } = await settledGuest({ method: 'PRECISE', page: { ...page, counterPeriodFracSec: period } });
      world.hostPage?.beginUpdate({ counterPeriodFracSec: period + (period * BigInt(ratePpm)) / 1_000_000n });
      migrate(world, stepNs, ratePpm);
      expect(await msUntilRight(world, 1000)).toBeLessThan(100);
      const rates = world.chronyd.commands.filter((command) => command.startsWith('dfreq'));
      expect(rates).toEqual(ratePpm === 0 ? [] : [`dfreq ${ratePpm.toFixed(3)}`]);
    },
  );

  test("a page's rate is not believed where the kernel counts something else: it is measured", async () => {
    const period = (1n << 92n) / 2_500_000_000n;
    const page = { ...markerOnlyPage(7n), counterId: 1, timeType: 0, clockStatus: 2, counterPeriodShift: 28 };
    const { world } = await settledGuest({
      method: 'PRECISE',
      clocksource: 'kvm-clock',
      page: { ...page, counterPeriodFracSec: period },
    });
    world.hostPage?.beginUpdate({ counterPeriodFracSec: period + (period * 40n) / 1_000_000n });
    // The host has put kvm-clock right, so that the guest's clock runs as before.
    migrate(world, 10e6, 0);
    expect(await msUntilRight(world, 1000)).toBeLessThan(300);
    expect(world.chronyd.commands.filter((command) => command.startsWith('dfreq'))).toEqual([]);
  });

  test('where nothing has changed nothing is corrected', async () => {
    const { world } = await settledGuest({ method: 'PRECISE' });
    migrate(world, 0, 0);
    await world.run(5 * SECOND);
    expect(world.chronyd.resets).toBe(1);
    // The question whether it steps at all, and nothing else.
    expect(world.chronyd.commands).toEqual(['makestep']);
  });

  test('the rest of a step is never slewed: what is larger than the threshold is stepped', async () => {
    const { world } = await settledGuest({ method: 'PRECISE' });
    migrate(world, 10e6, 0);
    await world.run(2 * SECOND);
    expect(world.chronyd.commands.slice(0, 2)).toEqual([expect.stringMatching(/^doffset /), 'makestep']);
  });

  test('a chronyd that cannot step (-x) is reset, corrected no further, and fed', async () => {
    const { world, feeder } = await settledGuest({ unsteered: true });
    migrate(world, 10e6, 40);
    const sent = world.departed.length;
    await world.run(5 * SECOND);
    expect(world.chronyd.commands).toEqual([expect.stringMatching(/^doffset /), 'makestep']);
    expect(world.departed.length).toBeGreaterThan(sent);
    expect(feeder.report().state.name).toBe('feeding');
  });

  test('commands and answers lost now and then: ends right all the same', async () => {
    const { world, feeder } = await settledGuest({ method: 'PRECISE', answerLoss: 0.05 });
    for (let i = 0; i < 30; i += 1) {
      migrate(world, world.random.normal(10e6), world.random.between(-50, 50));
      await world.run(40 * SECOND);
      expect(feeder.report().state.name).toBe('feeding');
      expect(Math.abs(world.trueRatePpm())).toBeLessThan(0.2);
      expect(Math.abs(world.trueOffsetNs())).toBeLessThan(20_000);
    }
    expect(world.departed.filter((d) => d.straddles || d.intoUnresetChronyd)).toEqual([]);
  });

  test('a third of all commands lost: gives up correcting, never resetting, and feeds in the end', async () => {
    const { world, feeder } = await settledGuest({ method: 'PRECISE', answerLoss: 0.6 });
    for (let i = 0; i < 10; i += 1) {
      migrate(world, world.random.normal(10e6), world.random.between(-50, 50));
      await world.run(120 * SECOND);
      expect(feeder.report().state.name).toBe('feeding');
    }
    expect(world.departed.filter((d) => d.straddles || d.intoUnresetChronyd)).toEqual([]);
  });

  test.each<[ReadingMethod]>([['PRECISE'], ['BASIC']])(
    'a second disruption at a random point of the first recovery, 200 times (%s): ends right, 0 wrong samples',
    async (method) => {
      const { world, feeder } = await settledGuest({ method, seed: 5 });
      const limitNs = method === 'PRECISE' ? 1000 : 5000;
      for (let i = 0; i < 200; i += 1) {
        migrate(world, world.random.normal(10e6), world.random.between(-50, 50));
        await world.run(world.random.between(0, 400e6));
        migrate(world, world.random.normal(10e6), world.random.between(-50, 50));
        await world.run(1.2 * SECOND);
        expect(Math.abs(world.trueOffsetNs())).toBeLessThan(limitNs);
      }
      expect(world.departed.filter((d) => d.straddles || Math.abs(d.errorNs) > 5000)).toEqual([]);
      expect(world.departed.filter((d) => d.intoUnresetChronyd)).toEqual([]);
      await world.run(10 * SECOND);
      expect(feeder.report().state.name).toBe('feeding');
      feeder.stop();
    },
  );
});

describe('Recovery when things go wrong', () => {
  test('a second disruption while the first correction is on its way: no correction is carried out twice', async () => {
    for (let apart = 0.05e6; apart < 3e6; apart += 0.05e6) {
      const { world, feeder } = await settledGuest({ method: 'PRECISE', commandNs: 1e6 });
      migrate(world, 200e6, 0);
      await world.run(20e6 + apart);
      migrate(world, 0, 0);
      let worst = 0;
      for (let i = 0; i < 2000; i += 1) {
        await world.run(0.1e6);
        if (Math.abs(world.trueOffsetNs()) < 199e6) worst = Math.max(worst, Math.abs(world.trueOffsetNs()));
        expect(world.trueOffsetNs()).toBeGreaterThan(-1e6);
      }
      expect(worst).toBeLessThan(1e6);
      feeder.stop();
    }
  });

  /** chronyd has been left with nothing absurd: the rate is right, nothing large is still being slewed. */
  function expectSane(world: VirtualWorld): void {
    expect(Math.abs(world.trueRatePpm())).toBeLessThan(60);
  }

  test.each([3, 6, 20])('a chronyd that hangs for %p s in the midst carries nothing out twice', async (seconds) => {
    for (const at of [0.3e6, 1e6, 5e6, 12e6, 40e6, 80e6]) {
      const { world, feeder } = await settledGuest({ method: 'PRECISE' });
      migrate(world, 10e6, 40);
      await world.run(at);
      world.chronyd.hang(true);
      await world.run(seconds * SECOND);
      world.chronyd.hang(false);
      await world.run(20 * SECOND);
      expect(feeder.report().state.name).toBe('feeding');
      expectSane(world);
      expect(Math.abs(world.trueRatePpm())).toBeLessThan(0.2);
      expect(Math.abs(world.trueOffsetNs())).toBeLessThan(20e3);
      expect(world.departed.filter((d) => d.straddles || d.intoUnresetChronyd)).toEqual([]);
    }
  });

  test.each([10e6, 300e6, -86400e9])(
    'a chronyd that answers nothing more (%p ns) is reset, corrected at most once, and fed',
    async (stepNs) => {
      const { world, feeder } = await settledGuest({ method: 'PRECISE' });
      world.answersLost = true;
      migrate(world, stepNs, 40);
      await world.run(60 * SECOND);
      expectSane(world);
      // What was sent behind the first reset, and nothing that would be relative to what nobody knows.
      expect(world.chronyd.commands).toEqual([expect.stringMatching(/^doffset /), 'makestep']);
      expect(feeder.report().state.name).toBe('feeding');
    },
  );

  test('answers that stop in the midst leave no slew and no invented rate behind', async () => {
    for (let after = 0; after < 60e6; after += 2.5e6) {
      const { world } = await settledGuest({ method: 'PRECISE', seed: 7 });
      migrate(world, 300e6, 40);
      await world.run(after);
      world.answersLost = true;
      await world.run(30 * SECOND);
      expectSane(world);
    }
  });

  test('a host that says unreliable and steps in the midst is not measured as a rate', async () => {
    for (const method of ['PRECISE', 'BASIC'] as const) {
      const { world, feeder } = await settledGuest({ method });
      migrate(world, 10e6, 40);
      await world.run(60e6);
      world.hostPage?.update({ clockStatus: 4 });
      await world.run(100e6);
      world.stepHost(5e6);
      world.hostPage?.update({ clockStatus: 2 });
      await world.run(10 * SECOND);
      expectSane(world);
      expect(Math.abs(world.trueRatePpm())).toBeLessThan(5);
      expect(feeder.report().state.name).toBe('feeding');
    }
  });

  test('somebody who steps the clock in the midst is not measured as a rate', async () => {
    for (let after = 5e6; after < 100e6; after += 7e6) {
      const { world } = await settledGuest({ method: 'PRECISE', seed: 8 });
      migrate(world, 10e6, 40);
      await world.run(after);
      world.stepSystemClock(-0.8e6);
      await world.run(5 * SECOND);
      expect(Math.abs(world.trueRatePpm())).toBeLessThan(1);
    }
  });

  test('a TAI offset that changes in the midst is not measured as a rate', async () => {
    const page = { ...markerOnlyPage(7n), flags: VmclockFlag.TAI_OFFSET_VALID, taiOffsetSec: 37 };
    const { world } = await settledGuest({ method: 'PRECISE', page, phcShiftSeconds: 37 }, 'unknown');
    migrate(world, 1e6, 40);
    await world.run(30e6);
    world.shiftPhc(38);
    world.hostPage?.update({ taiOffsetSec: 38 });
    await world.run(10 * SECOND);
    expectSane(world);
    expect(Math.abs(world.trueOffsetNs())).toBeLessThan(0.5e9);
  });

  test('SIGTERM at any point leaves no long slew behind', async () => {
    for (let after = 0; after < 30e6; after += 0.2e6) {
      const { world, feeder } = await settledGuest({ method: 'PRECISE', seed: 9 });
      migrate(world, 3600e9, 40);
      await world.run(after);
      feeder.stop();
      await world.run(3 * SECOND);
      expectSane(world);
    }
  });

  test('a reload to "feed-only" in the midst feeds from then on', async () => {
    for (let after = 0; after < 60e6; after += 1e6) {
      const { world, feeder } = await settledGuest({ method: 'PRECISE', seed: 10 });
      migrate(world, 10e6, 40);
      await world.run(after);
      feeder.apply({ ...OPTIONS, recovery: 'feed-only' });
      const sent = world.departed.length;
      await world.run(300e6);
      expect(world.departed.length).toBeGreaterThan(sent);
    }
  });

  test('a disruption missed while the daemon was down is one recovery, with its timeline', async () => {
    const remembered = { epoch: { marker: 0n, generation: 7n }, shift: undefined };
    const { world, feeder } = harness(
      { seed: 11, page: markerOnlyPage(7n), method: 'PRECISE', systemErrorNs: 200e6 },
      { recovery: 'feed-forward' },
      { remembered },
    );
    feeder.start();
    await world.run(10 * SECOND);
    expect(world.chronyd.resets).toBe(1);
    expect(feeder.report().lastDisruption?.recovery?.correctedRawNs).toBeDefined();
  });
});

describe('Feeder withdrawing', () => {
  test('has chronyd forget us at once when the host says unreliable, and comes back by itself', async () => {
    const { world, feeder } = await settledGuest({ method: 'PRECISE' });
    expect(world.chronyd.synchronised).toBe(true);
    world.hostPage?.update({ clockStatus: 4 });
    await world.run(200e6);
    expect(world.chronyd.synchronised).toBe(false);
    await world.run(20 * SECOND);
    expect(world.chronyd.resets).toBe(1);
    world.hostPage?.update({ clockStatus: 2 });
    await world.run(10 * SECOND);
    expect(feeder.report().state.name).toBe('feeding');
    expect(world.chronyd.synchronised).toBe(true);
    expect(feeder.report().disruptions).toBe(0);
  });

  test('has chronyd forget us when the PHC has failed for a minute, not before, and comes back by itself', async () => {
    const { world, feeder } = await settledGuest({ method: 'PRECISE' });
    world.phc.failWith = new Error('ioctl: EIO');
    await world.run(55 * SECOND);
    expect(world.chronyd.synchronised).toBe(true);
    await world.run(10 * SECOND);
    expect(world.chronyd.synchronised).toBe(false);
    await world.run(100 * SECOND);
    expect(world.chronyd.resets).toBe(1);
    world.phc.failWith = undefined;
    await world.run(10 * SECOND);
    expect(feeder.report().state.name).toBe('feeding');
    expect(world.chronyd.synchronised).toBe(true);
  });
});

describe('Feeder at the first start of chronyd', () => {
  test.each([3e9, -0.5e9, 7 * 86400e9])('puts a clock right at once that is %p ns off', async (systemErrorNs) => {
    const { world, feeder } = harness(
      { seed: 3, page: markerOnlyPage(7n), method: 'PRECISE', systemErrorNs },
      { recovery: 'feed-forward' },
    );
    feeder.start();
    await world.run(1 * SECOND);
    expect(Math.abs(world.trueOffsetNs())).toBeLessThan(1000);
    await world.run(10 * SECOND);
    // Once: chronyd was synchronised after that.
    expect(world.chronyd.resets).toBe(1);
    expect(feeder.report().state.name).toBe('feeding');
  });

  test('does so, too, where chronyd is configured with "local" and never calls itself unsynchronised', async () => {
    const { world, feeder } = harness(
      { seed: 3, page: markerOnlyPage(7n), method: 'PRECISE', systemErrorNs: 3e9 },
      { recovery: 'feed-forward' },
    );
    world.chronyd.local = true;
    feeder.start();
    await world.run(1 * SECOND);
    expect(Math.abs(world.trueOffsetNs())).toBeLessThan(1000);
    expect(world.chronyd.resets).toBe(1);
  });

  test('leaves a clock to chronyd that is nearly right, or whose chronyd is synchronised', async () => {
    const near = harness({ seed: 4, page: markerOnlyPage(7n), systemErrorNs: 50e6 }, { recovery: 'feed-forward' });
    near.feeder.start();
    await near.world.run(5 * SECOND);
    expect(near.world.chronyd.commands).toEqual([]);
    expect(near.world.chronyd.resets).toBe(0);
  });
});
