import { expect, test } from '@jest/globals';
import { type DaemonFacts, describeFeeder } from '../../src/daemon/describe-feeder.js';
import { markerOnlyPage } from '../../src/sim/virtual-page.js';
import { harness } from './feeder-harness.js';

test('status tells the host’s own error where its page does, as part of the bound', async () => {
  const { world, feeder } = harness({ seed: 3, page: markerOnlyPage(7n) });
  feeder.start();
  await world.run(5e9);
  const report = feeder.report();
  feeder.stop();
  const facts: DaemonFacts = {
    version: '',
    pid: 1,
    phc: world.phc,
    vmclockPath: '/dev/vmclock0',
    watching: 'look',
    sockPath: '/s',
    chronydPath: '/c',
    refid: 'VMCK',
    maxDriftPpm: 1,
    events: [],
  };
  const { sample } = report;
  if (sample === undefined) throw new Error('nothing was sent');
  const [silent, telling] = [undefined, { maxErrorNs: 4000, maxErrorRatePpb: 0 }].map(
    (host) => describeFeeder({ ...report, sample: { ...sample, host } }, facts).sample,
  );
  expect(silent?.hostErrorNs).toBeNull();
  expect(telling?.hostErrorNs).toBe(4000);
  expect((telling?.boundNs ?? 0) - (silent?.boundNs ?? 0)).toBeCloseTo(4000, 6);
});
