import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { PrivateChronyd } from '../../src/cli/private-chronyd.js';
import { CLOCK_REALTIME, clockGettime } from '../../src/ioctl/libc.js';
import { ChronydClient } from '../../src/sock/chronyd-client.js';
import { RefclockSender } from '../../src/sock/refclock-sender.js';
import { SendReport } from '../../src/sock/send-report.js';
import type { SourceData, Tracking } from '../../src/sock/tracking.js';
import { PATIENCE_MS, startChronyd, until } from './start-chronyd.js';

jest.setTimeout(4 * PATIENCE_MS);

const MS = 1e6;

let chronyd: PrivateChronyd;
let client: ChronydClient;
let sender: RefclockSender;
let report: SendReport;
let stopFeeding: () => void = () => {};

beforeEach(async () => {
  chronyd = await startChronyd();
  client = new ChronydClient(chronyd.command);
  sender = new RefclockSender(chronyd.sock);
  report = new SendReport(chronyd.sock);
});

afterEach(async () => {
  stopFeeding();
  client.close();
  sender.close();
  await chronyd.dispose();
});

/** Feeds 40 samples a second of a host that is `offsetNs(seconds)` ahead of this machine. */
function feed(offsetNs: (seconds: number) => number): void {
  stopFeeding();
  const startNs = clockGettime(CLOCK_REALTIME);
  const timer = setInterval(() => {
    const realtimeNs = clockGettime(CLOCK_REALTIME);
    report.note(sender.send({ realtimeNs, offsetNs: offsetNs(Number(realtimeNs - startNs) / 1e9), leap: 0 }));
  }, 25);
  stopFeeding = () => clearInterval(timer);
}

/** Waits until chronyd's report is as `wanted`. */
function tracking(what: string, wanted: (tracking: Tracking) => boolean): Promise<Tracking> {
  let last: Tracking | undefined;
  const look = async (): Promise<Tracking | undefined> => {
    last = await client.tracking();
    return wanted(last) ? last : undefined;
  };
  const bigints = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}` : value);
  return until(what, look, () => `${JSON.stringify(last, bigints)}\n${JSON.stringify(report)}\n${chronyd.output}`);
}

const isOurs = (report: Tracking): boolean => report.refName === 'VMCK' && report.leapStatus === 0;

function near(value: number, wanted: number, within: number): boolean {
  return Math.abs(value - wanted) < within;
}

describe('a real chronyd', () => {
  test.each([1, -1])('follows a host that is %p ms ahead of us, with that sign', async (sign) => {
    feed(() => sign * MS);
    const seen = await tracking(
      'the correction follows',
      (now) => isOurs(now) && near(now.currentCorrectionNs, sign * MS, 1000),
    );
    expect(Math.sign(seen.currentCorrectionNs)).toBe(sign);
    expect(seen).toMatchObject({ refName: 'VMCK', stratum: 1, leapStatus: 0 });
  });

  test.each([
    [1000.9, 1001],
    [1000.1, 1000],
    [-1000.1, -1000],
    [-1000.9, -1001],
  ])(
    'takes an offset of %p ns as the nearest whole number, %p ns, although it cuts off fractions',
    async (offsetNs, taken) => {
      feed(() => offsetNs);
      await tracking('to 0.1 ns', (now) => isOurs(now) && near(now.currentCorrectionNs, taken, 0.1));
    },
  );

  test('reports a clock that the host leaves behind as slow: a negative frequency', async () => {
    feed((seconds) => 50_000 * seconds);
    await tracking('−50 ppm', (now) => isOurs(now) && near(now.frequencyPpm, -50, 1));
  });

  test('has one source, ours, and selects it', async () => {
    expect(await client.sources()).toEqual([
      expect.objectContaining({ name: 'VMCK', isRefclock: true, state: 'nonselectable', sinceSampleSeconds: Infinity }),
    ]);
    feed(() => MS);
    const source = await until('it is selected', async () => selected(await client.sources()));
    expect(source).toMatchObject({ name: 'VMCK', isRefclock: true, poll: -2, stratum: 0 });
    expect(source.reachability).toBeGreaterThan(0);
    expect(source.sinceSampleSeconds).toBeLessThan(PATIENCE_MS / 1000);
  });

  test('shows a change of the host as an offset with our sign: true − system', async () => {
    feed(() => 0);
    await tracking('synchronised', isOurs);
    feed(() => MS);
    const seen = await until('an offset', async () => {
      const [source] = await client.sources();
      const now = await client.tracking();
      return source !== undefined && Math.abs(source.originalOffsetNs) > 0.9 * MS ? { source, now } : undefined;
    });
    expect(seen.source.originalOffsetNs).toBeGreaterThan(0);
    expect(seen.now.lastOffsetNs).toBeGreaterThan(0);
  });

  test('forgets everything on RESET_SOURCES, and synchronises anew from fresh samples', async () => {
    feed(() => MS);
    await tracking('synchronised', isOurs);
    stopFeeding();
    await client.resetSources();
    expect(await client.tracking()).toMatchObject({ refId: 0, stratum: 0, leapStatus: 3 });
    expect(await client.sources()).toEqual([expect.objectContaining({ state: 'nonselectable', reachability: 0 })]);
    feed(() => MS);
    await tracking('synchronised again', isOurs);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'is fed again after %s and a restart, and never with what was dropped meanwhile',
    async (signal) => {
      const code = signal === 'SIGTERM' ? 'ENOENT' : 'ECONNREFUSED';
      feed(() => MS);
      await tracking('synchronised', isOurs);
      await chronyd.stop(signal);
      // What is dropped now says −5 ms: a single such sample, delivered late, would show.
      feed(() => -5 * MS);
      await until('samples are dropped', () => ((report.dropped[code] ?? 0) >= 10 ? true : undefined));
      await expect(client.tracking()).rejects.toMatchObject({ code });
      stopFeeding();
      await chronyd.start();
      await client.tracking();
      const { sent } = report;
      // Three polls of silence: whatever had been kept for chronyd would have arrived and been counted by now.
      await sleep(750);
      expect(await client.sources()).toEqual([
        expect.objectContaining({ reachability: 0, sinceSampleSeconds: Infinity }),
      ]);
      feed(() => MS);
      const first = await tracking('synchronised again', isOurs);
      expect(report.sent).toBeGreaterThan(sent);
      expect(near(first.currentCorrectionNs, MS, 1000)).toBe(true);
    },
  );

  test('finds nothing of ours in its directory once the client is closed', async () => {
    await client.tracking();
    const directory = chronyd.command.replace(/\/[^/]*$/, '');
    const ours = `vmclockd.${process.pid}.sock`;
    expect(readdirSync(directory)).toContain(ours);
    client.close();
    expect(readdirSync(directory)).not.toContain(ours);
    expect(existsSync(chronyd.command)).toBe(true);
  });
});

function selected(sources: readonly SourceData[]): SourceData | undefined {
  return sources.find((source) => source.state === 'selected');
}
