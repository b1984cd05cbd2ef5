import { describe, expect, test } from '@jest/globals';
import { type AdviceInput, advise } from '../../../src/cli/chrony-config/advise.js';
import { parseChronyVersion } from '../../../src/cli/chrony-config/chrony-version.js';
import { DEFAULT_SETTINGS } from '../../../src/daemon/config/settings.js';

function advice(version: string | undefined, more: Partial<AdviceInput> = {}) {
  const parsed = version === undefined ? undefined : parseChronyVersion(version);
  return advise({ version: parsed, purpose: 'recovery', trust: false, settings: DEFAULT_SETTINGS, ...more });
}

const settings = (more: Partial<typeof DEFAULT_SETTINGS>) => ({ settings: { ...DEFAULT_SETTINGS, ...more } });

const BEFORE_4_8 = 'refclock SOCK /run/chrony.vmclockd.sock refid VMCK poll -3 filter 16 precision 1e-9';
const FROM_4_8 = `${BEFORE_4_8} maxunreach 480`;

describe('advise(): the line for each release', () => {
  test.each(['3.5', '4.0', '4.2', '4.3', '4.4', '4.5', '4.6', '4.6.1', '4.7'])('%s: without maxunreach', (version) => {
    expect(advice(version).line).toBe(BEFORE_4_8);
  });

  test.each(['4.8', '4.9', '4.10', '5.0'])('%s: with maxunreach', (version) => {
    expect(advice(version).line).toBe(FROM_4_8);
  });

  test('of a release that is not known: only what all of them take', () => {
    expect(advice(undefined).line).toBe(BEFORE_4_8);
  });

  test('every word has a reason', () => {
    const { words } = advice('4.9', { purpose: 'shadow', trust: true });
    expect(words.length).toBe(8);
    for (const { why } of words) expect(why.length).toBeGreaterThan(20);
  });
});

describe('advise(): what it warns of', () => {
  test.each([
    ['3.5', 'reset sources'],
    ['4.0', 'older than 4.3'],
    ['4.2', 'older than 4.3'],
    ['4.10', 'newer than 4.9'],
    ['5.0', 'newer than 4.9'],
    [undefined, 'not known'],
  ])('%s: "%s"', (version, warning) => {
    expect(advice(version).warnings).toEqual([expect.stringContaining(warning)]);
  });

  test.each(['4.3', '4.4', '4.5', '4.6.1', '4.7', '4.8', '4.9'])('%s: nothing', (version) => {
    expect(advice(version).warnings).toEqual([]);
  });

  test('resets while chronyd is only to look on', () => {
    const warned = expect.stringContaining('recovery = "feed-only"');
    expect(advice('4.9', { purpose: 'shadow' }).warnings).toEqual([warned]);
    expect(advice('4.9', { purpose: 'shadow', ...settings({ recovery: 'feed-only' }) }).warnings).toEqual([]);
  });

  test('a sampling interval that leaves polls without a sample, for every release', () => {
    const slow = settings({ slowIntervalMs: 200 });
    expect(advice('4.9', slow).warnings).toEqual([expect.stringContaining('longer than one poll')]);
    expect(advice('4.3', slow).warnings).toEqual([expect.stringContaining('longer than one poll')]);
    expect(advice('4.9', { purpose: 'quiet', ...slow }).warnings).toEqual([]);
  });
});

describe('advise(): the filter', () => {
  test.each([
    ['4.6.1', 3, 'filter 1', 1],
    ['4.6.1', 4, 'filter 16', 0],
    ['4.7', 3, 'filter 16', 0],
    ['4.6.1', 17, 'filter 17', 0],
    ['4.9', 64, 'filter 64', 0],
  ])('%s with %i samples a poll: %s, %i warnings', (version, samplesPerPoll, word, warnings) => {
    const { words, warnings: given } = advice(version, settings({ samplesPerPoll }));
    expect(words.map(({ text }) => text)).toContain(word);
    expect(given.length).toBe(warnings);
  });

  test('counts the samples of a fixed interval', () => {
    const texts = (slowIntervalMs: number) => advice('4.3', settings({ slowIntervalMs })).words.map(({ text }) => text);
    expect(texts(31)).toContain('filter 16');
    expect(texts(32)).toContain('filter 1');
  });

  test('never goes beyond the 256 that chronyd allows', () => {
    const fast = { purpose: 'quiet', ...settings({ slowIntervalMs: 1 }) } as const;
    expect(advice('4.9', fast).line).toContain(' filter 256 ');
  });
});

describe('advise(): the rest of the line', () => {
  test('maxunreach spans withdraw_after_seconds, a minute at least, and no more than chronyd allows', () => {
    const line = (withdrawAfterSeconds: number) => advice('4.8', settings({ withdrawAfterSeconds })).line;
    expect(line(0)).toContain(' maxunreach 480');
    expect(line(61)).toContain(' maxunreach 488');
    expect(line(86_400)).toContain(' maxunreach 100000');
    expect(advice('4.8', { purpose: 'quiet' }).line).toContain(' maxunreach 60');
  });

  test('takes socket and refid from the settings', () => {
    const { line } = advice('4.3', settings({ sock: '/run/chrony.b.sock', refid: 'B' }));
    expect(line).toBe('refclock SOCK /run/chrony.b.sock refid B poll -3 filter 16 precision 1e-9');
  });

  test('quiet, shadow and trust change their own words only', () => {
    expect(advice('4.3', { purpose: 'quiet' }).line).toBe(BEFORE_4_8.replace('poll -3', 'poll 0'));
    expect(advice('4.3', { purpose: 'shadow' }).line).toBe(`${BEFORE_4_8} noselect`);
    expect(advice('4.3', { trust: true }).line).toBe(`${BEFORE_4_8} trust prefer`);
  });

  test('leap seconds come from leapseclist where chronyd knows it, else from leapsectz', () => {
    const leap = (version: string | undefined) =>
      advice(version).companions.flatMap(({ line }) => (line.startsWith('leap') ? [line.split(' ')[0]] : []));
    expect(leap('4.6')).toEqual(['leapseclist']);
    expect(leap('4.5')).toEqual(['leapsectz']);
    expect(leap(undefined)).toEqual(['leapsectz']);
  });
});
