import { describe, expect, test } from '@jest/globals';
import { formatStatus } from '../../src/cli/format-status.js';
import { renderLines } from '../../src/cli/format-tone.js';
import type { StatusDocument } from '../../src/daemon/status-document.js';
import { exampleStatus } from '../daemon/status/example-status.js';

type Chronyd = NonNullable<StatusDocument['chronyd']>;

const plain = (status: StatusDocument) => renderLines(formatStatus(status), false).trimEnd().split('\n');

function withChronyd(change: Partial<Chronyd>): StatusDocument {
  const status = exampleStatus();
  if (status.chronyd === null) throw new Error('the example has a chronyd');
  return { ...status, chronyd: { ...status.chronyd, ...change } };
}

describe('formatStatus()', () => {
  test('a daemon that feeds', () => {
    expect(plain(exampleStatus())).toEqual([
      "The clock can be trusted: within ±38 ns of the host's clock (vmclock0, PRECISE), chronyd follows.",
      '',
      'State        feeding for 1 h 2 min',
      'PHC          /dev/ptp0 (vmclock0), read by PRECISE',
      '             ticks TAI, 37 s ahead of UTC (the page says TAI, 37 s ahead of UTC)',
      '             rate +12.346 ppm ± 0.002 ppm against CLOCK_MONOTONIC_RAW',
      'vmclock      /dev/vmclock0, wakes us when it changes',
      "             host's clock synchronised, marker 18446744073709551615, generation 3",
      '             TAI_OFFSET_VALID TIME_MAXERROR_VALID VM_GEN_COUNTER_PRESENT NOTIFICATION_PRESENT',
      'Last sample  -12 ns ± 26 ns, bracket 0 ns, 0.13 s ago',
      'SOCK         /run/chrony.vmclockd.sock, 51234 sent, 3 dropped (ENOENT 3)',
      'chronyd      synchronised to VMCK, stratum 1, polls us every 1 s',
      '             offset +4 ns, frequency -3.210 ppm ± 0.004 ppm, root dispersion 15.3 µs, asked 0.8 s ago',
      'Disruptions  2, the last 1 h 2 min ago (marker and generation)',
      '             2026-11-21T00:59:05.123Z noticed, reset after 3.00 ms, corrected after 9.00 ms, fed after 12.0 ms, synchronised after 3.10 s and off by -38 ns then',
      'Daemon       vmclockd 0.1.0, pid 4711, up 1 d 2 h',
      'Counters     batches 51300, samples discarded: epoch 2',
    ]);
  });

  test('a machine without vmclock and without a better method', () => {
    const status: StatusDocument = {
      ...exampleStatus(),
      phc: {
        path: '/dev/ptp0',
        name: 'KVM virtual PTP',
        method: 'BASIC',
        refusals: [
          { method: 'PRECISE', code: 'ENODEV', meaning: "the guest's clocksource is tsc" },
          { method: 'EXTENDED', code: 'EOPNOTSUPP', meaning: '' },
        ],
        timescale: 'UTC',
        shiftSeconds: 0,
        timescaleReason: '',
      },
      vmclock: null,
      rate: null,
      sample: { offsetNs: 1500, bracketNs: 2345, boundNs: 1200000, hostErrorNs: null, ageSeconds: 12 },
      disruptions: { count: 0, last: null },
      counters: {},
    };
    expect(plain(status)).toEqual([
      "The clock can be trusted: within ±1.20 ms of the host's clock (KVM virtual PTP, BASIC), chronyd follows.",
      '',
      'State        feeding for 1 h 2 min',
      'PHC          /dev/ptp0 (KVM virtual PTP), read by BASIC',
      '             ticks UTC',
      "             not PRECISE: ENODEV, the guest's clocksource is tsc",
      '             not EXTENDED: EOPNOTSUPP',
      'vmclock      none: disruptions are inferred from jumps of the PHC',
      'Last sample  +1.50 µs ± 1.20 ms, bracket 2.35 µs, 12 s ago',
      'SOCK         /run/chrony.vmclockd.sock, 51234 sent, 3 dropped (ENOENT 3)',
      'chronyd      synchronised to VMCK, stratum 1, polls us every 1 s',
      '             offset +4 ns, frequency -3.210 ppm ± 0.004 ppm, root dispersion 15.3 µs, asked 0.8 s ago',
      'Disruptions  none since the start',
      'Daemon       vmclockd 0.1.0, pid 4711, up 1 d 2 h',
    ]);
  });

  test('a daemon that recovers', () => {
    const example = exampleStatus();
    const last = example.disruptions.last;
    if (last === null) throw new Error('the example has a disruption');
    const lines = plain({
      ...example,
      state: {
        name: 'recovering',
        reason: 'a disruption 0.2 s ago; chronyd is still without samples',
        forSeconds: 0.2,
      },
      sample: null,
      disruptions: {
        count: 3,
        last: { ...last, agoSeconds: 0.2, firstSampleMs: null, synchronisedMs: null, offsetThenNs: null },
      },
    });
    expect(lines[0]).toBe(
      'Do not trust the clock: recovering, a disruption 0.2 s ago; chronyd is still without samples.',
    );
    expect(lines).toContain(
      'State        recovering for 0.2 s: a disruption 0.2 s ago; chronyd is still without samples',
    );
    expect(lines).toContain('Last sample  none in this epoch');
    expect(lines).toContain(
      '             2026-11-21T00:59:05.123Z noticed, reset after 3.00 ms, corrected after 9.00 ms, not fed, not synchronised',
    );
  });

  test('a daemon that holds because the host calls its clock unreliable', () => {
    const example = exampleStatus();
    if (example.vmclock === null) throw new Error('the example has a page');
    const lines = plain({
      ...example,
      state: { name: 'holding', reason: 'the host calls its clock unreliable.', forSeconds: 61 },
      vmclock: {
        ...example.vmclock,
        clockStatus: 'unreliable',
        leap: 'insert',
        watching: 'look',
        unsettledForSeconds: 2,
      },
    });
    expect(lines[0]).toBe('Do not trust the clock: holding, the host calls its clock unreliable.');
    expect(lines).toContain(
      "             host's clock unreliable, leap second: insert, marker 18446744073709551615, generation 3",
    );
    expect(lines).toContain('vmclock      /dev/vmclock0, is looked at on a timer');
    expect(lines).toContain('             cannot be read consistently for 2 s now');
  });

  test('a daemon that has no clock yet', () => {
    const lines = plain({
      ...exampleStatus(),
      state: { name: 'starting', reason: '', forSeconds: 1 },
      phc: null,
      vmclock: null,
      sample: null,
    });
    expect(lines[0]).toBe('Do not trust the clock: vmclockd is starting.');
    expect(lines).toContain('PHC          none yet; `vmclockd probe` shows what there is');
  });

  test.each<[string, StatusDocument]>([
    [
      'chronyd cannot be asked whether it follows: connect on /run/chrony/chronyd.sock: ENOENT',
      withChronyd({ reachable: false, error: 'connect on /run/chrony/chronyd.sock: ENOENT.' }),
    ],
    ['chronyd follows 10.0.0.1 instead of us', withChronyd({ selectsUs: false, refid: '10.0.0.1' })],
    ['chronyd is not synchronised yet', withChronyd({ synchronised: false, selectsUs: false, refid: '' })],
    [
      'chronyd has no source of ours; see its refclock line',
      withChronyd({ selectsUs: false, refid: 'SOC0', poll: null }),
    ],
    [
      'vmclockd feeds, but chronyd is not asked whether it follows (chronyd = "none")',
      { ...exampleStatus(), chronyd: null },
    ],
    ['no sample has been sent yet', { ...exampleStatus(), sample: null }],
    [
      'samples do not reach chronyd, ECONNREFUSED at /s',
      { ...exampleStatus(), sock: { path: '/s', sent: 1, dropped: { ECONNREFUSED: 1 }, failing: 'ECONNREFUSED' } },
    ],
  ])('says: do not trust the clock: %s', (reason, status) => {
    expect(plain(status)[0]).toBe(`Do not trust the clock: ${reason}.`);
  });

  test('lets nothing from outside reach the terminal raw', () => {
    const evil = '\u001b[2J\u009b31m\r\n\u202eok';
    const status = JSON.parse(
      JSON.stringify(exampleStatus()).replaceAll(
        'vmclock0',
        evil.replace('\u001b', '\\u001b').replace('\r\n', '\\r\\n'),
      ),
    );
    const text = renderLines(
      formatStatus({ ...status, state: { name: 'holding', reason: evil, forSeconds: 1 } }),
      false,
    );
    expect(text).toContain('\\u{1b}[2J\\u{9b}31m\\u{d}\\u{a}\\u{202e}ok');
    expect(text.replaceAll('\n', '')).toMatch(/^[^\p{Cc}\p{Cf}]+$/u);
  });

  test('colours the verdict only when asked to', () => {
    const lines = formatStatus(exampleStatus());
    expect(renderLines(lines, false)).not.toContain('\u001b');
    expect(renderLines(lines, true).startsWith('\u001b[1m\u001b[32mThe clock can be trusted')).toBe(true);
  });
});
