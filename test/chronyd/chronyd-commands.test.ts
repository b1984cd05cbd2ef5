import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ensureChronyd } from '../../src/cli/find-chronyd.js';
import { PrivateChronyd } from '../../src/cli/private-chronyd.js';
import { CLOCK_REALTIME, clockGettime } from '../../src/ioctl/libc.js';
import { ChronydClient } from '../../src/sock/chronyd-client.js';
import { RefclockSender } from '../../src/sock/refclock-sender.js';
import { PATIENCE_MS, until } from './start-chronyd.js';

jest.setTimeout(4 * PATIENCE_MS);

/** Debian's releases, with what is known of their chronyd: oldest 4.3, then 4.6.1, then what is newest. */
const RELEASES = [
  { suite: 'bookworm', selectOptions: false, keepsAfterFailedStep: false },
  { suite: 'trixie', selectOptions: true, keepsAfterFailedStep: false },
  { suite: 'sid', selectOptions: true, keepsAfterFailedStep: true },
] as const;

describe.each(RELEASES)('chronyd -x of Debian $suite', ({ suite, selectOptions, keepsAfterFailedStep }) => {
  let chronyd: PrivateChronyd;
  let client: ChronydClient;
  let stopFeeding: () => void = () => {};

  beforeEach(async () => {
    const said: string[] = [];
    const found = await ensureChronyd({ suite, fetch: true, log: (line) => said.push(line) });
    if (found === undefined) throw new Error(said.join('\n'));
    chronyd = new PrivateChronyd(found, 'refid VMCK poll -2 filter 4 precision 1e-9');
    await chronyd.start();
    client = new ChronydClient(chronyd.command);
  });

  afterEach(async () => {
    stopFeeding();
    stopFeeding = () => {};
    client.close();
    await chronyd.dispose();
  });

  /** What chronyd's clock has gained on the machine's: under -x it is never worked off. */
  async function gainedNs(): Promise<number> {
    return (await client.tracking()).currentCorrectionNs;
  }

  function feedZero(): void {
    const sender = new RefclockSender(chronyd.sock);
    const timer = setInterval(() => {
      sender.send({ realtimeNs: clockGettime(CLOCK_REALTIME), offsetNs: 0, leap: 0 });
    }, 25);
    stopFeeding = () => {
      clearInterval(timer);
      sender.close();
    };
  }

  test.each([50, -50])('changeFrequency(%p) makes its clock gain that much per second', async (ppm) => {
    await client.changeFrequency(ppm);
    // TRACKING counts the correction for a clock that is too fast, hence the other sign.
    expect((await client.tracking()).frequencyPpm).toBeCloseTo(-ppm, 4);
    const [before, fromNs] = [await gainedNs(), clockGettime(CLOCK_REALTIME)];
    await sleep(500);
    const [after, toNs] = [await gainedNs(), clockGettime(CLOCK_REALTIME)];
    const gainedPpm = ((after - before) / Number(toNs - fromNs)) * 1e6;
    expect(Math.abs(gainedPpm / ppm - 1)).toBeLessThan(0.2);
  });

  test('changeFrequency() is a share of the rate the clock has by then: a second one multiplies', async () => {
    await client.changeFrequency(1000);
    await client.changeFrequency(1000);
    expect((await client.tracking()).frequencyPpm).toBeCloseTo(-2001, 3);
    // So the way back is a little shorter.
    await client.changeFrequency((1 / 1.001 ** 2 - 1) * 1e6);
    expect((await client.tracking()).frequencyPpm).toBeCloseTo(0, 2);
  });

  test.each([1e6, -1e6])('changeOffset(%p) moves its clock by that, in that direction', async (offsetNs) => {
    await client.changeOffset(offsetNs);
    expect(await gainedNs()).toBeCloseTo(offsetNs, 0);
  });

  test.each([1, -1])('changeOffset() of %p · 0.2 s is exact to the nanosecond', async (sign) => {
    await client.changeOffset(sign * 0.2e9);
    // TRACKING rounds 0.2 s itself, so all but a small rest is taken away in parts that a float holds exactly.
    for (const partNs of [125e6, 62.5e6, 7.8125e6, 3.90625e6]) await client.changeOffset(-sign * partNs);
    // One command alone would be 2.98 ns off.
    expect(Math.abs((await gainedNs()) - sign * 781_250)).toBeLessThan(1);
  });

  test('changeOffset() of three days arrives', async () => {
    const offsetNs = 3 * 86_400e9;
    await client.changeOffset(offsetNs);
    expect(Math.abs((await gainedNs()) / offsetNs - 1)).toBeLessThan(1e-7);
    await client.changeOffset(-offsetNs);
    expect(Math.abs(await gainedNs())).toBeLessThan(1);
  });

  test('changeOffset() to before 1970 is refused with "failed", and nothing is applied', async () => {
    await expect(client.changeOffset(-3e18)).rejects.toMatchObject({
      name: 'OffsetChangeError',
      status: 1,
      refused: true,
      appliedNs: 0,
      uncertainNs: 0,
    });
    expect(await gainedNs()).toBe(0);
  });

  test(`makeStep() is refused with "failed", and the pending offset is ${keepsAfterFailedStep ? 'kept' : 'forgotten'}`, async () => {
    await client.changeOffset(1e6);
    await expect(client.makeStep()).rejects.toMatchObject({ name: 'ChronydError', status: 1, refused: true });
    expect(await gainedNs()).toBeCloseTo(keepsAfterFailedStep ? 1e6 : 0, 0);
  });

  test('resetSources() keeps a changed frequency and forgets an offset that is not worked off yet', async () => {
    await client.changeFrequency(20);
    await client.changeOffset(5e6);
    await client.resetSources();
    expect((await client.tracking()).frequencyPpm).toBeCloseTo(-20, 4);
    expect(Math.abs(await gainedNs())).toBeLessThan(2.5e6);
  });

  test('cancelPending() leaves a client that works on, whatever answers are still under way', async () => {
    for (let round = 0; round < 50; round += 1) {
      const abandoned = Promise.allSettled([client.tracking(), client.sources(), client.resetSources()]);
      client.cancelPending('a new disruption');
      expect(await client.tracking()).toMatchObject({ leapStatus: 3 });
      expect((await abandoned).every((outcome) => outcome.status === 'rejected')).toBe(true);
    }
  });

  test(`setSelectable() is ${selectOptions ? 'carried out' : "'unsupported'"}`, async () => {
    const wanted = selectOptions ? 'done' : 'unsupported';
    expect(await client.setSelectable('VMCK', false)).toBe(wanted);
    const once = chronyd.output.split('selection options modified').length - 1;
    expect(once).toBe(selectOptions ? 1 : 0);
    // chronyd says so only when something has changed.
    expect(await client.setSelectable('VMCK', true)).toBe(wanted);
    if (selectOptions) {
      await expect(client.setSelectable('NONE', false)).rejects.toMatchObject({ status: 4 });
      await until('the second line', () => (chronyd.output.split('options modified').length === 3 ? true : undefined));
    }
  });

  test(`setSelectable("VMCK", false) ${selectOptions ? 'has it select nothing' : 'leaves it selected'}`, async () => {
    feedZero();
    const state = async (): Promise<string | undefined> => (await client.sources())[0]?.state;
    const reaches = (wanted: string): Promise<string> =>
      until(
        wanted,
        async () => ((await state()) === wanted ? wanted : undefined),
        () => chronyd.output,
      );
    await reaches('selected');
    await client.setSelectable('VMCK', false);
    if (!selectOptions) {
      expect(await state()).toBe('selected');
      return;
    }
    await reaches('nonselectable');
    await client.setSelectable('VMCK', true);
    await reaches('selected');
  });
});
