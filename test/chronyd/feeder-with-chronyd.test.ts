import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { PrivateChronyd } from '../../src/cli/private-chronyd.js';
import { Feeder } from '../../src/daemon/feeder.js';
import { nodeTimers } from '../../src/daemon/node-timers.js';
import { SystemClocks } from '../../src/ioctl/system-clocks.js';
import { VmclockDevice } from '../../src/ioctl/vmclock-device.js';
import { JudgingSock } from '../../src/sim/judging-sock.js';
import { Random } from '../../src/sim/random.js';
import { SimulatedHost } from '../../src/sim/simulated-host.js';
import { SimulatedPhc } from '../../src/sim/simulated-phc.js';
import { ChronydClient } from '../../src/sock/chronyd-client.js';
import { RefclockSender } from '../../src/sock/refclock-sender.js';
import { OPTIONS } from '../daemon/feeder-harness.js';
import { PATIENCE_MS, startChronyd, until } from './start-chronyd.js';

jest.setTimeout(6 * PATIENCE_MS);

let chronyd: PrivateChronyd;
let directory: string;
let closers: (() => void)[] = [];

beforeEach(async () => {
  chronyd = await startChronyd('refid VMCK poll -2 filter 16 precision 1e-9');
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-test-'));
  closers = [];
});

afterEach(async () => {
  for (const close of closers) close();
  await chronyd.dispose();
  rmSync(directory, { recursive: true, force: true });
});

/** The real loop, page, sender and command client; a simulated host; a real chronyd. */
function start(seed: number): { host: SimulatedHost; sock: JudgingSock; feeder: Feeder; client: ChronydClient } {
  const clock = new SystemClocks();
  const random = new Random(seed);
  const host = new SimulatedHost(join(directory, 'vmclock0'), clock, random);
  const page = VmclockDevice.open(host.page.path);
  const sender = new RefclockSender(chronyd.sock);
  const sock = new JudgingSock(sender, host);
  const client = new ChronydClient(chronyd.command);
  const ignore = (): void => {};
  const feeder = new Feeder(
    {
      clock,
      phc: new SimulatedPhc(host, clock, random),
      phcTimescale: 'utc',
      page,
      sock,
      chronyd: client,
      timers: nodeTimers,
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      remembered: undefined,
      remember: ignore,
      onState: ignore,
      onPage: ignore,
      onDisruption: ignore,
    },
    OPTIONS,
  );
  closers = [() => feeder.stop(), () => client.close(), () => sender.close(), () => page.close(), () => host.close()];
  feeder.start();
  return { host, sock, feeder, client };
}

const STEPPED_AWAY_NS = 20e3;

describe('Feeder with a real chronyd', () => {
  test('is selected, and chronyd follows the simulated host; after a disruption it follows the new line', async () => {
    const { host, sock, feeder, client } = start(1);
    const follows = () =>
      until(
        'chronyd follows VMCK near the truth',
        async () => {
          const { refName, leapStatus, currentCorrectionNs } = await client.tracking();
          const errorNs = currentCorrectionNs - host.trueOffsetNs(new SystemClocks().realtimeNs());
          return (refName === 'VMCK' && leapStatus === 0 && Math.abs(errorNs) < STEPPED_AWAY_NS) || undefined;
        },
        () => JSON.stringify(feeder.report().state),
      );
    await follows();
    for (let i = 1; i <= 3; i += 1) {
      host.scheduleDisruption(0);
      host.tick();
      await until('the disruption is noticed', () => feeder.report().disruptions === i || undefined);
      await follows();
    }
    await until('it says that it feeds', () => feeder.report().state.name === 'feeding' || undefined);
    expect(host.disruptions.length).toBe(3);
    expect(sock.sent).toBeGreaterThan(20);
    expect(sock.wrong).toBe(0);
    const [source] = await client.sources();
    expect(source).toMatchObject({ name: 'VMCK', state: 'selected', isRefclock: true });
    expect(chronyd.output.match(/Reset all sources/g)?.length ?? 3).toBe(3);
  });

  test('chronyd stopped and started while it is fed: fed again, and nothing of before reaches the new one', async () => {
    const { feeder, sock, client } = start(2);
    await until('a first sample', () => sock.sent > 0 || undefined);
    await chronyd.stop();
    await until('it is noticed', () => feeder.report().state.name === 'holding' || undefined);
    const sent = sock.sent;
    await chronyd.start();
    await until('it is fed again', () => sock.sent > sent || undefined);
    await until('it follows again', async () => {
      const tracking = await client.tracking().catch(() => undefined);
      return tracking?.refName === 'VMCK' || undefined;
    });
    expect(sock.wrong).toBe(0);
    expect(feeder.report().disruptions).toBe(0);
    expect(Object.values(feeder.report().sends.dropped).reduce((a, b) => a + b, 0)).toBeGreaterThan(0);
  });
});
