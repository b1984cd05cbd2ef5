import { describe, expect, test } from '@jest/globals';
import { watchFrame } from '../../../src/cli/watch/watch-frame.js';
import { NO_HISTORY, observe, type WatchHistory } from '../../../src/cli/watch/watch-history.js';
import type { StatusDocument } from '../../../src/daemon/status-document.js';
import { exampleStatus } from '../../daemon/status/example-status.js';
import { seededRandom } from '../../support/random.js';
import { randomStatus } from '../random-status.js';

const SIZES = [
  [40, 10],
  [80, 24],
  [200, 60],
  [80, 3],
  [20, 24],
  [1, 1],
] as const;

/** One look per second; undefined: the daemon is away. */
function history(...documents: readonly (StatusDocument | undefined)[]): WatchHistory {
  return documents.reduce(
    (before, status, atSeconds) =>
      observe(before, { atSeconds, status, error: status === undefined ? 'no daemon: nobody listens' : '' }),
    NO_HISTORY,
  );
}

function frame(of: WatchHistory, columns = 80, rows = 24): string[] {
  const nowSeconds = of.points.at(-1)?.atSeconds ?? 0;
  return watchFrame(of, { columns, rows, nowSeconds, footer: 'q quits' }).map(({ text }) => text.trimEnd());
}

function fed(offsetNs: number, boundNs: number, noticedAt = '2026-11-21T00:59:05.123Z'): StatusDocument {
  const example = exampleStatus();
  const { last } = example.disruptions;
  if (last === null) throw new Error('the example has a disruption');
  return {
    ...example,
    sample: { offsetNs, boundNs, bracketNs: 0, hostErrorNs: null, ageSeconds: 0.1 },
    disruptions: { count: 2, last: { ...last, noticedAt } },
    events: [
      { number: 1, kind: 'disruption', at: '', agoSeconds: 20, message: 'the marker changed', facts: {} },
      { number: 2, kind: 'recovered', at: '', agoSeconds: 17, message: 'chronyd follows again', facts: {} },
    ],
  };
}

describe('watchFrame()', () => {
  test('a screen of 80 × 24', () => {
    const looks = [fed(0, 40), fed(40, 20), fed(-40, 20), undefined, fed(100, 0, 'later')];
    expect(frame(history(...looks))).toEqual([
      "The clock can be trusted: within ±100 ns of the host's clock (vmclock0,",
      'PRECISE), chronyd follows.',
      '',
      'Offset, last 4 s: now +100 ns ± 0 ns, worst +100 ns',
      ' +100 ns┤                                                                     ●',
      '        │',
      '        │                                                                 │●',
      '        │                                                                 ││',
      '    0 ns┤                                                                 ●',
      '        │                                                                 │ │',
      '        │                                                                 │ ●',
      '        │',
      ' -100 ns┤',
      '  epochs                                                                  ───×▼',
      '',
      'chronyd      synchronised to VMCK, stratum 1, polls us every 1 s',
      '             offset +4 ns, frequency -3.210 ppm ± 0.004 ppm, root dispersion',
      '             15.3 µs, asked 0.8 s ago',
      'Disruptions  2, the last 1 h 2 min ago (marker and generation)',
      '             later noticed, reset after 3.00 ms, corrected after 9.00 ms, fed',
      '             after 12.0 ms, synchronised after 3.10 s and off by -38 ns then',
      'Events       17 s ago, recovered: chronyd follows again',
      '             20 s ago, disruption: the marker changed',
      'q quits',
    ]);
  });

  test.each(SIZES)('fits %i × %i, whatever the daemon says and however long it has been watched', (columns, rows) => {
    const random = seededRandom(7);
    let looks = NO_HISTORY;
    for (let atSeconds = 0; atSeconds < 250; atSeconds += 1) {
      const status = random() < 0.1 ? undefined : randomStatus(random);
      looks = observe(looks, { atSeconds, status, error: status === undefined ? '日本\u001b[2J'.repeat(40) : '' });
      if (atSeconds % 5 !== 0) continue;
      const footer = 'x'.repeat(300);
      const lines = watchFrame(looks, { columns, rows, nowSeconds: atSeconds, footer });
      expect(lines).toHaveLength(rows);
      expect(Math.max(...lines.map(({ text }) => text.length))).toBeLessThanOrEqual(columns);
      // Each takes one column: no control characters, no wide ones, no halves of a pair.
      for (const { text } of lines) expect(text).toMatch(/^[ -~\u00a1-\u024f\u03bc…−●▲▼\u2500-\u257f]*$/u);
    }
  });

  test('a daemon that is away: says so, and keeps what was', () => {
    const lines = frame(history(fed(5, 1), fed(5, 1), undefined, undefined));
    expect(lines[0]).toBe('The daemon is away for 2 s: no daemon: nobody listens');
    expect(lines.find((line) => line.startsWith('  epochs'))).toMatch(/──××$/);
    expect(lines.find((line) => line.startsWith('chronyd'))).toContain('synchronised to VMCK');
  });

  test('a daemon that comes back: the gap stays in the picture', () => {
    const lines = frame(history(fed(5, 1), undefined, fed(5, 1)));
    expect(lines[0]).toMatch(/^The clock can be trusted/);
    expect(lines.find((line) => line.startsWith('  epochs'))).toMatch(/─×─$/);
  });

  test('never a daemon', () => {
    expect(frame(history(undefined))[0]).toBe('The daemon is away: no daemon: nobody listens');
    expect(frame(NO_HISTORY)[0]).toBe('Asking the daemon.');
  });
});

describe('observe()', () => {
  test('marks a disruption when it is seen first, and only then', () => {
    const { points } = history(fed(0, 1, 'a'), fed(0, 1, 'a'), undefined, fed(0, 1, 'b'), fed(0, 1, 'b'));
    expect(points.map(({ disrupted }) => disrupted)).toEqual([false, false, false, true, false]);
  });

  test('keeps so many looks and no more', () => {
    expect(history(...Array.from({ length: 1200 }, () => undefined)).points).toHaveLength(1000);
  });
});
