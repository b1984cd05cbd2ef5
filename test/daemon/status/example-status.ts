import type { StatusDocument } from '../../../src/daemon/status-document.js';

/** A daemon that feeds, on a machine that has everything. */
export function exampleStatus(): StatusDocument {
  return {
    schema: 1,
    version: '0.1.0',
    pid: 4711,
    uptimeSeconds: 93784,
    state: { name: 'feeding', reason: '', forSeconds: 3725 },
    phc: {
      path: '/dev/ptp0',
      name: 'vmclock0',
      method: 'PRECISE',
      refusals: [],
      timescale: 'TAI',
      shiftSeconds: 37,
      timescaleReason: 'the page says TAI, 37 s ahead of UTC',
    },
    vmclock: {
      path: '/dev/vmclock0',
      marker: '18446744073709551615',
      generation: '3',
      seqCount: 4242,
      clockStatus: 'synchronised',
      flags: ['TAI_OFFSET_VALID', 'TIME_MAXERROR_VALID', 'VM_GEN_COUNTER_PRESENT', 'NOTIFICATION_PRESENT'],
      leap: 'none',
      watching: 'poll',
      unsettledForSeconds: null,
    },
    sample: { offsetNs: -12.4, bracketNs: 0, boundNs: 25.6, ageSeconds: 0.13 },
    rate: { phcPpm: 12.3456, uncertaintyPpm: 0.0021 },
    sock: { path: '/run/chrony.vmclockd.sock', sent: 51234, dropped: { ENOENT: 3 }, failing: '' },
    chronyd: {
      path: '/run/chrony/chronyd.sock',
      reachable: true,
      error: '',
      synchronised: true,
      selectsUs: true,
      refid: 'VMCK',
      stratum: 1,
      offsetNs: 4.2,
      frequencyPpm: -3.21,
      skewPpm: 0.004,
      rootDispersionNs: 15320,
      poll: 0,
      ageSeconds: 0.8,
    },
    disruptions: {
      count: 2,
      last: {
        cause: 'marker and generation',
        noticedAt: '2026-11-21T00:59:05.123Z',
        agoSeconds: 3725,
        marker: '18446744073709551615',
        generation: '3',
        resetAnsweredMs: 3,
        firstSampleMs: 12,
        synchronisedMs: 3105,
      },
    },
    counters: { batches: 51300, 'samples discarded: epoch': 2 },
  };
}
