import { expect, test } from '@jest/globals';
import { watchLine } from '../../../src/cli/watch/watch-line.js';
import { exampleStatus } from '../../daemon/status/example-status.js';

const AT = '2026-11-21T01:00:00.000Z';

test('a look is one line where there is no terminal', () => {
  expect(watchLine({ atSeconds: 0, status: exampleStatus(), error: '' }, AT)).toBe(
    `${AT} trusted, feeding, -12 ns ± 26 ns, chronyd VMCK, disruptions 2`,
  );
  const doubtful = { ...exampleStatus(), sample: null, chronyd: null };
  expect(watchLine({ atSeconds: 0, status: doubtful, error: '' }, AT)).toBe(
    `${AT} not trusted, feeding, no sample, chronyd not asked, disruptions 2`,
  );
  expect(watchLine({ atSeconds: 0, status: undefined, error: 'no\ndaemon' }, AT)).toBe(`${AT} away: no\\u{a}daemon`);
});
