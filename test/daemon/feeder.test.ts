import { describe, expect, test } from '@jest/globals';
import { VmclockFlag } from '../../src/ioctl/vmclock-page.js';
import { markerOnlyPage } from '../../src/sim/virtual-page.js';
import type { VirtualWorld } from '../../src/sim/virtual-world.js';
import { harness, OPTIONS } from './feeder-harness.js';

const PAGE = markerOnlyPage(7n);
const SECOND = 1e9;

/** What has left since `from` and is not true. */
function wrong(world: VirtualWorld, limitNs = 5000): readonly unknown[] {
  return world.departed.filter((d) => d.straddles || Math.abs(d.errorNs) > limitNs);
}

describe('Feeder at start', () => {
  test('feeds true offsets and disturbs nothing: no reset, no disruption', async () => {
    const { world, feeder, logged } = harness({ seed: 1, page: PAGE, systemErrorNs: 3e6 });
    feeder.start();
    await world.run(20 * SECOND);
    expect(feeder.report().state.name).toBe('feeding');
    expect(world.departed.length).toBeGreaterThan(100);
    expect(wrong(world)).toEqual([]);
    expect(world.chronyd.resets).toBe(0);
    expect(feeder.report().disruptions).toBe(0);
    expect(logged).toEqual(['feeding chronyd through /run/chrony.vmclockd.sock']);
  });

  test('samples fast, then five times a poll', async () => {
    const { world, feeder } = harness({ seed: 2, page: PAGE });
    feeder.start();
    await world.run(3 * SECOND);
    expect(world.departed.length).toBeGreaterThan(50);
    await world.run(20 * SECOND);
    const before = world.departed.length;
    await world.run(10 * SECOND);
    expect(world.departed.length - before).toBeGreaterThanOrEqual(48);
    expect(world.departed.length - before).toBeLessThanOrEqual(51);
  });

  test('an epoch other than the saved one resets chronyd before anything is fed', async () => {
    const remembered = { epoch: { marker: 0n, generation: 7n }, shift: undefined };
    const { world, feeder } = harness({ seed: 3, page: PAGE }, {}, { remembered });
    feeder.start();
    await world.run(5 * SECOND);
    expect(feeder.report().lastDisruption?.cause).toBe('while the daemon was down');
    expect(world.chronyd.resets).toBe(1);
    expect(world.departed.every((d) => d.resetRawNs !== undefined)).toBe(true);
    expect(world.departed.length).toBeGreaterThan(0);
  });

  test('a restart in the saved epoch disturbs nothing', async () => {
    const remembered = {
      epoch: { marker: 1n, generation: 7n },
      shift: { seconds: 0, pageTaiOffsetSeconds: undefined },
    };
    const { world, feeder } = harness({ seed: 4, page: PAGE }, {}, { remembered });
    feeder.start();
    await world.run(5 * SECOND);
    expect(world.chronyd.resets).toBe(0);
    expect(feeder.report().disruptions).toBe(0);
  });

  test('nothing is sent after stop()', async () => {
    const { world, feeder } = harness({ seed: 5, page: PAGE });
    feeder.start();
    await world.run(2 * SECOND);
    feeder.stop();
    const sent = world.departed.length;
    world.disrupt({ stepNs: 1e6, ratePpm: 1, tells: 'marker' });
    await world.run(5 * SECOND);
    expect(world.departed.length).toBe(sent);
    expect(world.chronyd.resets).toBe(0);
  });
});

describe('Feeder after a disruption', () => {
  test('resets chronyd, feeds it again, sees it follow, and tells the timeline', async () => {
    const { world, feeder, states } = harness({ seed: 10, page: PAGE });
    feeder.start();
    await world.run(10 * SECOND);
    world.disrupt({ stepNs: 200e6, ratePpm: 20, tells: 'marker' });
    await world.run(10 * SECOND);
    expect(states.map(({ name }) => name).filter((name, i, all) => name !== all[i - 1])).toEqual([
      'feeding',
      'recovering',
      'feeding',
    ]);
    const { lastDisruption: last } = feeder.report();
    const instants = [
      last?.noticedRawNs,
      last?.recovery?.resetAnsweredRawNs,
      last?.firstSampleRawNs,
      last?.synchronisedRawNs,
    ];
    expect(instants.every((instant) => instant !== undefined)).toBe(true);
    expect(instants).toEqual([...instants].sort((a, b) => Number((a ?? 0n) - (b ?? 0n))));
    expect(wrong(world)).toEqual([]);
  });

  test('feeds nothing until a reset is answered, and keeps asking', async () => {
    const { world, feeder } = harness({ seed: 11, page: PAGE, answerLoss: 0.6 });
    feeder.start();
    await world.run(5 * SECOND);
    for (let i = 0; i < 20; i += 1) {
      world.disrupt({ stepNs: 1e6, ratePpm: 0, tells: 'marker' });
      await world.run(30 * SECOND);
    }
    expect(world.departed.filter((d) => d.intoUnresetChronyd)).toEqual([]);
    expect(feeder.report().disruptions).toBe(20);
    expect(wrong(world)).toEqual([]);
  });

  test('with recovery = "feed-only" chronyd is fed at once and never reset', async () => {
    const { world, feeder } = harness({ seed: 12, page: PAGE }, { recovery: 'feed-only' });
    feeder.start();
    await world.run(5 * SECOND);
    world.disrupt({ stepNs: 1e6, ratePpm: 0, tells: 'generation' });
    const sent = world.departed.length;
    await world.run(1 * SECOND);
    expect(world.chronyd.resets).toBe(0);
    expect(world.departed.length).toBeGreaterThan(sent);
    expect(wrong(world)).toEqual([]);
  });

  test('without a command socket it feeds, and a disruption is over with the first sample', async () => {
    const { world, feeder } = harness({ seed: 13, page: PAGE }, {}, { withoutChronyd: true });
    feeder.start();
    await world.run(5 * SECOND);
    world.disrupt({ stepNs: 1e6, ratePpm: 0, tells: 'marker' });
    await world.run(1 * SECOND);
    expect(feeder.report().state.name).toBe('feeding');
    expect(wrong(world)).toEqual([]);
  });

  test('report() claims nothing of the old epoch, even when it is the first to look', async () => {
    const { world, feeder } = harness({ seed: 14, page: PAGE });
    feeder.start();
    await world.run(10 * SECOND);
    expect(feeder.report().sample).toBeDefined();
    world.disrupt({ stepNs: 1e6, ratePpm: 0, tells: 'marker' });
    const report = feeder.report();
    expect(report.sample).toBeUndefined();
    expect(report.state.name).toBe('recovering');
    expect(report.disruptions).toBe(1);
  });

  test('remembers the epoch as soon as chronyd is reset', async () => {
    const { world, feeder, remembered } = harness({ seed: 15, page: PAGE });
    feeder.start();
    await world.run(5 * SECOND);
    world.disrupt({ stepNs: 1e6, ratePpm: 0, tells: 'both' });
    feeder.wake();
    // Not before chronyd has forgotten: a daemon that is restarted in between has to do it over.
    expect(remembered.at(-1)?.epoch).toEqual({ marker: 1n, generation: 7n });
    await world.run(1 * SECOND);
    expect(remembered.at(-1)).toEqual({
      epoch: { marker: 2n, generation: 8n },
      shift: { seconds: 0, pageTaiOffsetSeconds: undefined },
    });
  });

  test('has the PHC and the page probed anew', async () => {
    const { world, feeder } = harness({ seed: 17, page: PAGE });
    feeder.start();
    await world.run(5 * SECOND);
    expect([world.reprobes, world.rewatches]).toEqual([0, 0]);
    world.disrupt({ stepNs: 1e6, ratePpm: 0, tells: 'marker' });
    await world.run(1 * SECOND);
    expect([world.reprobes, world.rewatches]).toEqual([1, 1]);
  });

  test('a recovery is not over because chronyd still follows what was sent before', async () => {
    const { world, feeder } = harness({ seed: 18, page: PAGE });
    feeder.start();
    await world.run(20 * SECOND);
    world.disrupt({ stepNs: 1e6, ratePpm: 0, tells: 'marker' });
    await world.run(1.2 * SECOND);
    // Three polls have not passed since the reset.
    expect(feeder.report().lastDisruption?.synchronisedRawNs).toBeUndefined();
    expect(feeder.report().state.name).toBe('recovering');
  });

  test('an answer to the reset that is lost is asked after: it is not repeated for ever', async () => {
    const { world, feeder } = harness({ seed: 19, page: PAGE });
    feeder.start();
    await world.run(10 * SECOND);
    world.answersLost = true;
    world.disrupt({ stepNs: 1e6, ratePpm: 0, tells: 'marker' });
    await world.run(20 * SECOND);
    expect(world.chronyd.resets).toBeLessThanOrEqual(3);
    const sent = world.departed.length;
    await world.run(10 * SECOND);
    expect(world.departed.length).toBeGreaterThan(sent);
    expect(world.chronyd.resets).toBeLessThanOrEqual(3);
    expect(world.departed.filter((d) => d.intoUnresetChronyd)).toEqual([]);
  });

  test('resets once more when chronyd had not read all samples of before, and feeds nothing until then', async () => {
    const { world, feeder } = harness({ seed: 25, page: PAGE });
    feeder.start();
    await world.run(10 * SECOND);
    world.pendingBytes = 1536;
    world.disrupt({ stepNs: 1e6, ratePpm: 0, tells: 'marker' });
    const sent = world.departed.length;
    await world.run(3 * SECOND);
    expect(world.departed.length).toBe(sent);
    expect(feeder.report().state.reason).toContain('has not read all samples');
    world.pendingBytes = 0;
    await world.run(3 * SECOND);
    expect(world.chronyd.resets).toBe(2);
    expect(world.departed.length).toBeGreaterThan(sent);
  });

  test('a reload to "feed-only" frees a recovery that cannot reach chronyd', async () => {
    const { world, feeder } = harness({ seed: 26, page: PAGE });
    feeder.start();
    await world.run(5 * SECOND);
    world.answersLost = true;
    world.pendingBytes = 1536;
    world.disrupt({ stepNs: 1e6, ratePpm: 0, tells: 'marker' });
    await world.run(3 * SECOND);
    const sent = world.departed.length;
    feeder.apply({ ...OPTIONS, recovery: 'feed-only' });
    await world.run(1 * SECOND);
    expect(world.departed.length).toBeGreaterThan(sent);
  });

  test('ordinary refreshes of the page, 20 a second, neither reset chronyd nor lose a sample', async () => {
    const { world, feeder } = harness({ seed: 16, page: PAGE });
    feeder.start();
    const refresh = (): void => {
      world.hostPage?.update({ counterValue: world.rawNs });
      world.schedule(50e6, refresh);
    };
    refresh();
    await world.run(30 * SECOND);
    expect(world.chronyd.resets).toBe(0);
    expect(feeder.report().counters.straddling).toBe(0);
    expect(feeder.report().state.name).toBe('feeding');
  });
});

describe('Feeder while the page is in the way', () => {
  test('a page that is odd for ever holds, does not spin, and recovers when it is even again', async () => {
    const { world, feeder } = harness({ seed: 20, page: PAGE });
    feeder.start();
    await world.run(10 * SECOND);
    world.hostPage?.beginUpdate({ disruptionMarker: 2n });
    await world.run(1 * SECOND);
    const sent = world.departed.length;
    const looks = feeder.report().counters.looks;
    await world.run(60 * SECOND);
    expect(world.departed.length).toBe(sent);
    const { state, counters } = feeder.report();
    expect(state.name).toBe('holding');
    expect(state.reason).toContain('odd seq_count');
    // 50 looks a second by the timer, and those of the samples; each is bounded by its own deadline.
    expect(counters.looks - looks).toBeLessThan(60 * 75);
    world.hostPage?.endUpdate();
    await world.run(10 * SECOND);
    expect(feeder.report().state.name).toBe('feeding');
    expect(feeder.report().disruptions).toBe(1);
    expect(wrong(world)).toEqual([]);
  });

  test('nothing is fed while the host says unreliable, and feeding goes on by itself', async () => {
    const { world, feeder } = harness({ seed: 21, page: PAGE });
    feeder.start();
    await world.run(10 * SECOND);
    world.hostPage?.update({ clockStatus: 4 });
    await world.run(100e6);
    const sent = world.departed.length;
    await world.run(10 * SECOND);
    expect(world.departed.length).toBe(sent);
    expect(feeder.report().state.reason).toContain('unreliable');
    world.hostPage?.update({ clockStatus: 2 });
    await world.run(5 * SECOND);
    expect(world.departed.length).toBeGreaterThan(sent);
    expect(feeder.report().state.name).toBe('feeding');
  });

  test('a leap second that is announced goes out with the samples, and none goes out during it', async () => {
    const { world, feeder } = harness({ seed: 22, page: { ...PAGE, leapIndicator: 1 } });
    feeder.start();
    await world.run(2 * SECOND);
    expect(world.departed.at(-1)?.sample.leap).toBe(1);
    world.hostPage?.update({ leapIndicator: 3 });
    await world.run(300e6);
    const sent = world.departed.length;
    await world.run(1 * SECOND);
    expect(world.departed.length).toBe(sent);
    world.hostPage?.update({ leapIndicator: 4 });
    await world.run(2 * SECOND);
    expect(world.departed.at(-1)?.sample.leap).toBe(0);
  });

  test('a TAI clock whose page changes the TAI offset is never fed a second off', async () => {
    const page = { ...PAGE, flags: PAGE.flags | VmclockFlag.TAI_OFFSET_VALID, taiOffsetSec: 37 };
    const { world, feeder } = harness({ seed: 23, page, phcShiftSeconds: 37 }, {}, { phcTimescale: 'unknown' });
    feeder.start();
    await world.run(10 * SECOND);
    expect(feeder.report().knowledge?.timescale).toMatchObject({ kind: 'known', shiftSeconds: 37, scale: 'TAI' });
    world.shiftPhc(38);
    world.hostPage?.update({ taiOffsetSec: 38 });
    await world.run(10 * SECOND);
    expect(feeder.report().knowledge?.timescale).toMatchObject({ kind: 'known', shiftSeconds: 38 });
    expect(wrong(world)).toEqual([]);
    expect(world.departed.length).toBeGreaterThan(100);
  });
});

describe('Feeder and the time scale of another host', () => {
  const page = { ...PAGE, flags: PAGE.flags | VmclockFlag.TAI_OFFSET_VALID, taiOffsetSec: 37 };

  test.each([5e9, 3600e9, 0.2e9])(
    'a marker and a TAI offset that change together (clock off by %p ns) never feed a second off',
    async (stepNs) => {
      const { world, feeder } = harness({ seed: 27, page, phcShiftSeconds: 37 }, {}, { phcTimescale: 'unknown' });
      feeder.start();
      await world.run(10 * SECOND);
      world.shiftPhc(0);
      world.hostPage?.beginUpdate({ taiOffsetSec: 36 });
      world.disrupt({ stepNs, ratePpm: 0, tells: 'marker' });
      await world.run(20 * SECOND);
      expect(wrong(world)).toEqual([]);
    },
  );

  test('what was established serves after a step of a week, under the same TAI offset', async () => {
    const { world, feeder } = harness({ seed: 28, page, phcShiftSeconds: 37 }, {}, { phcTimescale: 'unknown' });
    feeder.start();
    await world.run(10 * SECOND);
    world.disrupt({ stepNs: 7 * 86400e9, ratePpm: 0, tells: 'both' });
    const sent = world.departed.length;
    await world.run(10 * SECOND);
    expect(world.departed.length).toBeGreaterThan(sent);
    expect(wrong(world)).toEqual([]);
  });

  test('what was established serves after a restart of the daemon, under the same TAI offset only', async () => {
    const epoch = { marker: 1n, generation: 7n };
    const start = async (pageTaiOffsetSeconds: number) => {
      const shift = { seconds: 37, pageTaiOffsetSeconds };
      const options = { seed: 29, page, phcShiftSeconds: 37, systemErrorNs: 3600e9 };
      const { world, feeder } = harness(options, {}, { phcTimescale: 'unknown', remembered: { epoch, shift } });
      feeder.start();
      await world.run(5 * SECOND);
      expect(wrong(world)).toEqual([]);
      return world.departed.length;
    };
    expect(await start(37)).toBeGreaterThan(0);
    expect(await start(36)).toBe(0);
  });

  test('a configured shift is not remembered as an established one', async () => {
    const { world, feeder, remembered } = harness({ seed: 34, page }, { timescale: 'utc' });
    feeder.start();
    await world.run(5 * SECOND);
    expect(world.departed.length).toBeGreaterThan(0);
    expect(remembered.every(({ shift }) => shift === undefined)).toBe(true);
  });
});

describe('Feeder and what else goes wrong', () => {
  test('readings that cannot be used for long are told, and nothing is claimed to be well', async () => {
    const { world, feeder, logged } = harness({ seed: 36, page: PAGE });
    feeder.start();
    await world.run(20 * SECOND);
    world.contradictory = true;
    await world.run(600 * SECOND);
    const { state } = feeder.report();
    expect(state.name).toBe('holding');
    expect(state.reason).toContain('no reading can be used');
    // Told once, although the numbers in it differ each time.
    expect(logged.filter((line) => line.includes('no reading can be used')).length).toBe(1);
    world.contradictory = false;
    await world.run(5 * SECOND);
    expect(feeder.report().state.name).toBe('feeding');
  });

  test('a hold does not go on at the fast rate for ever', async () => {
    const { world, feeder } = harness(
      { seed: 37, page: PAGE, phcShiftSeconds: 37, systemErrorNs: -600e9 },
      {},
      { phcTimescale: 'unknown' },
    );
    feeder.start();
    await world.run(60 * SECOND);
    const before = feeder.report().counters.readings;
    await world.run(60 * SECOND);
    expect((feeder.report().counters.readings - before) / 10).toBeLessThan(60 * 6);
  });

  test('chronyd stopped and started: samples are dropped and counted, told once, and fed again within a second', async () => {
    const { world, feeder, logged } = harness({ seed: 30, page: PAGE });
    feeder.start();
    await world.run(20 * SECOND);
    world.chronyd.setRunning(false);
    await world.run(30 * SECOND);
    expect(feeder.report().state.reason).toContain('ECONNREFUSED');
    expect(feeder.report().sends.dropped['ECONNREFUSED']).toBeGreaterThan(10);
    const sent = world.departed.length;
    world.chronyd.setRunning(true);
    const back = world.rawNs;
    await world.run(1 * SECOND);
    const next = world.departed[sent];
    // Nothing that was measured before it came back: nothing had been queued.
    expect(next !== undefined && next.takenRawNs > back).toBe(true);
    expect(logged.filter((line) => line.includes('ECONNREFUSED')).length).toBe(1);
    await world.run(10 * SECOND);
    expect(feeder.report().state.name).toBe('feeding');
  });

  test('a PHC that fails holds with its words, and feeding goes on when it works again', async () => {
    const { world, feeder } = harness({ seed: 31, page: PAGE });
    feeder.start();
    await world.run(5 * SECOND);
    world.phc.failWith = new Error('ioctl PTP_SYS_OFFSET on /dev/ptp0: EIO');
    await world.run(2 * SECOND);
    expect(feeder.report().state).toMatchObject({
      name: 'holding',
      reason: 'the PHC cannot be read: ioctl PTP_SYS_OFFSET on /dev/ptp0: EIO',
    });
    world.phc.failWith = undefined;
    await world.run(2 * SECOND);
    expect(feeder.report().state.name).toBe('feeding');
  });

  test('a system clock stepped between reading and sending keeps the sample from leaving', async () => {
    const { world, feeder } = harness({ seed: 32, page: PAGE });
    feeder.start();
    await world.run(5 * SECOND);
    let steps = 0;
    world.onPhcRead = (when) => {
      if (when !== 'end' || !world.random.chance(0.1)) return;
      steps += 1;
      world.stepSystemClock(world.random.chance(0.5) ? 100e6 : -100e6);
    };
    await world.run(60 * SECOND);
    expect(steps).toBeGreaterThan(10);
    expect(wrong(world)).toEqual([]);
    expect(feeder.report().counters.clockSteps).toBeGreaterThan(10);
    expect(feeder.report().disruptions).toBe(0);
  });

  test('loses no sample on a machine where reading a clock takes 60 µs', async () => {
    const { world, feeder } = harness({ seed: 35, page: PAGE, clockCallNs: 60e3 });
    feeder.start();
    await world.run(20 * SECOND);
    expect(feeder.report().counters.straddling).toBe(0);
    expect(world.departed.length).toBeGreaterThan(100);
  });

  test('a PHC that is centuries off for a moment after a disruption is neither fed nor stepped to', async () => {
    const { world, feeder } = harness(
      { seed: 38, page: PAGE, method: 'PRECISE', systemRatePpm: 'true' },
      { recovery: 'feed-forward' },
    );
    feeder.start();
    await world.run(10 * SECOND);
    world.disrupt({ stepNs: 0, ratePpm: world.ratePpm, tells: 'marker' });
    world.shiftPhc(-7_400_000_000);
    await world.run(50e6);
    world.shiftPhc(0);
    await world.run(5 * SECOND);
    expect(wrong(world)).toEqual([]);
    expect(Math.abs(world.trueOffsetNs())).toBeLessThan(1000);
    expect(feeder.report().disruptions).toBe(1);
  });

  test('an ambiguous time scale is never fed', async () => {
    const { world, feeder } = harness(
      { seed: 33, page: PAGE, phcShiftSeconds: 37, systemErrorNs: -600e9 },
      {},
      { phcTimescale: 'unknown' },
    );
    feeder.start();
    await world.run(10 * SECOND);
    expect(world.departed).toEqual([]);
    expect(feeder.report().state.reason).toContain("cannot tell the PHC's time scale");
    // Somebody sets the clock: that settles it.
    world.stepSystemClock(600e9 + 2e9);
    await world.run(5 * SECOND);
    expect(feeder.report().knowledge?.timescale).toMatchObject({ kind: 'known', shiftSeconds: 37 });
    expect(wrong(world)).toEqual([]);
    expect(world.departed.length).toBeGreaterThan(10);
  });
});

describe('Feeder without a vmclock page', () => {
  test.each([10e6, -10e6, 100e3])(
    'infers a disruption from a jump of %p ns, and sends no wrong sample',
    async (stepNs) => {
      const { world, feeder } = harness({ seed: 40 });
      feeder.start();
      await world.run(20 * SECOND);
      world.disrupt({ stepNs, ratePpm: 0, tells: 'nothing' });
      await world.run(10 * SECOND);
      expect(feeder.report().disruptions).toBe(1);
      expect(feeder.report().lastDisruption?.cause).toBe('inferred');
      expect(wrong(world)).toEqual([]);
      expect(world.chronyd.resets).toBe(1);
      expect(feeder.report().state.name).toBe('feeding');
    },
  );

  test.each(['BASIC', 'PRECISE'] as const)(
    'claims nothing from the first reading after a jump on, and calls it within a second (%s)',
    async (method) => {
      const { world, feeder } = harness({ seed: 42, method });
      feeder.start();
      await world.run(60 * SECOND);
      world.disrupt({ stepNs: 10e6, ratePpm: 0, tells: 'nothing' });
      // The next reading comes within 200 ms; nothing can be known before it.
      await world.run(210e6);
      for (let ms = 210; ms < 1500; ms += 5) {
        await world.run(5e6);
        const { sample, knowledge, now } = feeder.report();
        if (sample === undefined || knowledge === undefined) continue;
        const claim = knowledge.carry(sample, now, 1);
        expect(Math.abs(claim.offsetNs - world.trueOffsetNs())).toBeLessThan(claim.boundNs + 100);
      }
      expect(feeder.report().disruptions).toBe(1);
    },
  );

  test('infers nothing from a system clock that somebody steps', async () => {
    const { world, feeder } = harness({ seed: 41 });
    feeder.start();
    for (let i = 0; i < 20; i += 1) {
      await world.run(3 * SECOND);
      world.stepSystemClock(world.random.normal(1e9));
    }
    expect(feeder.report().disruptions).toBe(0);
    expect(feeder.report().counters.clockSteps).toBeGreaterThan(15);
  });
});
