import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type ConfigProblem, describeProblem } from '../../../src/daemon/config/config-problem.js';
import { parseSettings } from '../../../src/daemon/config/parse-settings.js';
import type { SettingFlags } from '../../../src/daemon/config/setting-flags.js';
import { SETTING_KEYS, settingNames } from '../../../src/daemon/config/setting-keys.js';
import { DEFAULT_SETTINGS } from '../../../src/daemon/config/settings.js';

const SAMPLE = readFileSync(join(process.cwd(), 'config/vmclockd.toml'), 'utf8');

function problems(toml: string, flags: SettingFlags = {}): string[] {
  return (parseSettings(toml, 'vmclockd.toml', flags).errors ?? []).map((problem: ConfigProblem) =>
    describeProblem(problem),
  );
}

describe('parseSettings()', () => {
  test('gives the defaults for an empty file', () => {
    expect(parseSettings('', 'x').ok).toEqual(DEFAULT_SETTINGS);
  });

  test('reads every key', () => {
    const toml = `
      phc = "/dev/ptp1"
      vmclock = "none"
      sock = "/run/chrony.x.sock"
      chronyd = "none"
      refid = "HOST"
      timescale = -37
      status_socket = "/run/v/s.sock"
      status_socket_mode = "0660"
      state_file = "/tmp/s.json"
      look_interval_ms = 5
      max_drift_ppm = 2.5
      recovery = "feed-only"
      step_threshold_us = 2
      first_step_threshold_ms = 3
      withdraw_after_seconds = 4
      [sampling]
      fast_interval_ms = 20
      slow_interval_ms = 100
      samples_per_poll = 8
      [hooks]
      disruption = "/usr/local/lib/disruption"
      recovered = "/usr/local/lib/recovered"
      generation_change = "/usr/local/lib/generation-change"
      disruption_soon = "/usr/local/lib/disruption-soon"
      disruption_imminent = "/usr/local/lib/disruption-imminent"
      disruption_unannounced = "/usr/local/lib/disruption-unannounced"
      unreliable = "/usr/local/lib/unreliable"
      reliable = "/usr/local/lib/reliable"
      holding = "/usr/local/lib/holding"
      feeding = "/usr/local/lib/feeding"
      timeout_seconds = 20
      [log]
      level = "debug"
      format = "json"`;
    expect(parseSettings(toml, 'x').ok).toEqual({
      phc: '/dev/ptp1',
      vmclock: 'none',
      sock: '/run/chrony.x.sock',
      chronyd: 'none',
      refid: 'HOST',
      timescale: -37,
      statusSocket: '/run/v/s.sock',
      statusSocketMode: 0o660,
      stateFile: '/tmp/s.json',
      lookIntervalMs: 5,
      maxDriftPpm: 2.5,
      recovery: 'feed-only',
      stepThresholdUs: 2,
      firstStepThresholdMs: 3,
      withdrawAfterSeconds: 4,
      fastIntervalMs: 20,
      slowIntervalMs: 100,
      samplesPerPoll: 8,
      hookDisruption: '/usr/local/lib/disruption',
      hookRecovered: '/usr/local/lib/recovered',
      hookGenerationChange: '/usr/local/lib/generation-change',
      hookDisruptionSoon: '/usr/local/lib/disruption-soon',
      hookDisruptionImminent: '/usr/local/lib/disruption-imminent',
      hookDisruptionUnannounced: '/usr/local/lib/disruption-unannounced',
      hookUnreliable: '/usr/local/lib/unreliable',
      hookReliable: '/usr/local/lib/reliable',
      hookHolding: '/usr/local/lib/holding',
      hookFeeding: '/usr/local/lib/feeding',
      hookTimeoutSeconds: 20,
      logLevel: 'debug',
      logFormat: 'json',
    });
  });

  test('the sample configuration is valid as it stands and changes nothing', () => {
    expect(parseSettings(SAMPLE, 'sample').ok).toEqual(DEFAULT_SETTINGS);
  });

  test('the sample configuration shows every key with its default', () => {
    const uncommented = SAMPLE.replace(/^#(\w+ = )/gm, '$1');
    expect(parseSettings(uncommented, 'sample').ok).toEqual(DEFAULT_SETTINGS);
    for (const name of settingNames()) {
      const key = SETTING_KEYS[name].toml.split('.').at(-1);
      expect(uncommented).toMatch(new RegExp(`^${key} = `, 'm'));
    }
  });

  test('lets flags win over the file, in tables too', () => {
    const toml = 'sock = "/run/a.sock"\n[log]\nlevel = "warn"\nformat = "json"';
    const ok = parseSettings(toml, 'x', { sock: '/run/b.sock', logLevel: 'debug', timescale: '37' }).ok;
    expect(ok).toMatchObject({ sock: '/run/b.sock', logLevel: 'debug', logFormat: 'json', timescale: 37 });
    expect(parseSettings('', 'x', { logFormat: 'json' }).ok).toMatchObject({ logFormat: 'json' });
  });

  test('names the flag, not the file, when a flag is at fault', () => {
    expect(problems('sock = "/run/a.sock"', { sock: 'here', stateFile: 'there' })).toEqual([
      '--sock: sock: "here" is not allowed; allowed is an absolute path of at most 107 bytes, without blanks and colons',
      '--state: state_file: "there" is not allowed; allowed is an absolute path',
    ]);
  });

  test('gives the line of what is not TOML', () => {
    expect(problems('phc = "auto"\nsock = = 3\n')).toEqual([
      expect.stringMatching(/^vmclockd\.toml:2: not valid TOML: .+ \(column \d+\)$/),
    ]);
  });

  test('reports everything that is wrong at once, with key, value and what is allowed', () => {
    const toml = `
      sock = "/run/a:b.sock"
      refid = "TOOLONG"
      timescale = "gps"
      status_socket_mode = 666
      look_interval_ms = 0
      max_drift_ppm = nan
      recovery = "never"
      sampling = 3
      [log]
      level = "loud"`;
    expect(problems(toml)).toEqual([
      'vmclockd.toml: sock: "/run/a:b.sock" is not allowed; allowed is an absolute path of at most 107 bytes, without blanks and colons',
      'vmclockd.toml: refid: "TOOLONG" is not allowed; allowed is one to four printable ASCII characters, no blanks',
      'vmclockd.toml: timescale: "gps" is not allowed; allowed is "auto", "utc", "tai", or PHC − UTC as whole seconds from -86400 to 86400',
      'vmclockd.toml: status_socket_mode: 666 is not allowed; allowed is permission bits as octal text, such as "0666" or "0660"',
      'vmclockd.toml: look_interval_ms: 0 is not allowed; allowed is milliseconds from 1 to 1000',
      'vmclockd.toml: max_drift_ppm: NaN is not allowed; allowed is a number from 0 to 1000',
      'vmclockd.toml: recovery: "never" is not allowed; allowed is one of "feed-forward", "reset", "feed-only"',
      'vmclockd.toml: sampling: 3 is not allowed; allowed is a table: [sampling]',
      'vmclockd.toml: log.level: "loud" is not allowed; allowed is one of "debug", "info", "warn", "error"',
    ]);
  });

  test.each([
    ['sok = "/x"', 'sok: there is no such key (did you mean sock?)'],
    ['status-socket = "/x"', '"status-socket": there is no such key (did you mean status_socket?)'],
    ['level = "info"', 'level: there is no such key (did you mean level in the table [log]?)'],
    ['[logs]\nlevel = "info"', 'logs: there is no such key (did you mean the table [log]?)'],
    ['[log]\nlevle = "info"', 'log.levle: there is no such key (did you mean level in the table [log]?)'],
    ['bananas = 1', expect.stringMatching(/bananas: there is no such key \(the keys are phc, vmclock, /)],
  ])('suggests the key that was meant by %j', (toml, expected) => {
    const [first] = problems(toml);
    expect(first?.replace('vmclockd.toml: ', '').replace(/^status-socket/, '"status-socket"')).toEqual(expected);
  });

  test('counts the bytes of a socket path, not its letters', () => {
    const path = (letter: string, count: number) => `sock = "/${letter.repeat(count)}"`;
    expect(problems(path('a', 106))).toEqual([]);
    expect(problems(path('a', 107))).toHaveLength(1);
    expect(problems(path('é', 53))).toEqual([]);
    expect(problems(path('é', 54))).toHaveLength(1);
  });

  test('refuses a slow interval below the fast one', () => {
    expect(problems('[sampling]\nfast_interval_ms = 50\nslow_interval_ms = 49')).toEqual([
      'vmclockd.toml: sampling.slow_interval_ms: 49 is shorter than sampling.fast_interval_ms, which is 50; allowed is that or more, or "auto"',
    ]);
    expect(problems('[sampling]\nfast_interval_ms = 50\nslow_interval_ms = 50')).toEqual([]);
  });

  test('escapes what garbage puts into a message', () => {
    const [first] = problems('"a\\u001b[31m" = 1');
    expect(first).toContain('"a\\u001b[31m"');
    expect(problems('refid = "\\u001b[31m"')[0]).toContain('"\\u001b[31m"');
  });

  test('never throws, and always says something, on 5000 pieces of garbage', () => {
    const random = xorshift(20261121);
    const pieces = [
      'sock',
      '=',
      '"',
      '[',
      ']',
      '[log]',
      '\n',
      'level',
      '.',
      '{',
      '}',
      '1979-05-27',
      '0x',
      'nan',
      '__proto__',
    ];
    for (let round = 0; round < 5000; round++) {
      let text = '';
      for (let i = random() % 24; i > 0; i--) {
        const pick = random();
        text += pick % 4 === 0 ? String.fromCharCode(random() % 300) : (pieces[pick % pieces.length] ?? '');
        if (pick % 3 === 0) text += ' ';
      }
      const result = parseSettings(text, 'garbage', round % 2 === 0 ? {} : { logLevel: text, phc: text });
      if (result.ok === undefined) {
        expect(result.errors.length).toBeGreaterThan(0);
        for (const problem of result.errors) expect(describeProblem(problem)).toMatch(/^\P{Cc}+$/u);
      }
    }
  });
});

/** A small generator with a fixed start, so that a failure comes back. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
