import { describe, expect, test } from '@jest/globals';
import { parseCommandLine } from '../../src/cli/command-line.js';
import { parseRun } from '../../src/cli/parse-run.js';
import { RUN_FLAGS } from '../../src/cli/run-arguments.js';
import { SETTING_KEYS, settingNames } from '../../src/daemon/config/setting-keys.js';

const parse = (...argv: string[]) => parseCommandLine(argv, '1.2.3');

describe('parseCommandLine()', () => {
  test('reads every command with its defaults', async () => {
    expect(await parse('run')).toEqual({ name: 'run', run: { config: undefined, flags: {} } });
    expect(await parse('status')).toEqual({ name: 'status', json: false, socket: '/run/vmclockd/status.sock' });
    expect(await parse('waitsync')).toEqual({
      name: 'waitsync',
      timeout: 0,
      maxBound: undefined,
      socket: '/run/vmclockd/status.sock',
      verbose: false,
    });
    expect(await parse('monitor')).toEqual({
      name: 'monitor',
      device: undefined,
      rate: 1,
      summary: 0,
      offset: undefined,
      count: 0,
    });
    expect(await parse('probe')).toEqual({ name: 'probe', json: false });
    expect(await parse('doctor')).toEqual({ name: 'doctor', json: false });
    expect(await parse('demo')).toEqual({ name: 'demo', seconds: 30, disruptEvery: 10 });
    expect(await parse('chrony-config')).toEqual({
      name: 'chrony-config',
      chronyConfig: {
        config: undefined,
        flags: {},
        chronyVersion: undefined,
        purpose: 'recovery',
        trust: false,
        json: false,
      },
    });
  });

  test('reads every flag', async () => {
    expect(await parse('status', '--json', '--socket', '/s')).toEqual({ name: 'status', json: true, socket: '/s' });
    expect(await parse('monitor', '/dev/ptp3', '-R', '4', '-u', '10', '-O', '-37', '--count=2')).toEqual({
      name: 'monitor',
      device: '/dev/ptp3',
      rate: 4,
      summary: 10,
      offset: -37,
      count: 2,
    });
    expect(await parse('waitsync', '--timeout', '1.5', '--max-bound=1000', '--socket', '/s', '--verbose')).toEqual({
      name: 'waitsync',
      timeout: 1.5,
      maxBound: 1000,
      socket: '/s',
      verbose: true,
    });
    expect(await parse('probe', '--json')).toEqual({ name: 'probe', json: true });
    expect(await parse('doctor', '--json')).toEqual({ name: 'doctor', json: true });
    expect(await parse('demo', '--seconds', '5', '--disrupt-every=2.5')).toEqual({
      name: 'demo',
      seconds: 5,
      disruptEvery: 2.5,
    });
    const words = '--chrony-version 4.6.1 --for quiet --trust --sock /s --refid B --config /c --json'.split(' ');
    expect(await parse('chrony-config', ...words)).toEqual({
      name: 'chrony-config',
      chronyConfig: {
        config: '/c',
        flags: { sock: '/s', refid: 'B' },
        chronyVersion: '4.6.1',
        purpose: 'quiet',
        trust: true,
        json: true,
      },
    });
    const argv = RUN_FLAGS.flatMap(({ flag }) => [`--${flag}`, `value of ${flag}`]);
    expect(await parse('run', ...argv)).toEqual({
      name: 'run',
      run: {
        config: 'value of config',
        flags: Object.fromEntries(
          RUN_FLAGS.flatMap(({ flag, setting }) => (setting === undefined ? [] : [[setting, `value of ${flag}`]])),
        ),
      },
    });
  });

  test('reads status --watch and metrics', async () => {
    const socket = '/run/vmclockd/status.sock';
    expect(await parse('status', '--watch')).toEqual({ name: 'watch', every: 1, socket });
    expect(await parse('status', '--watch', '--every', '2.5')).toEqual({ name: 'watch', every: 2.5, socket });
    expect(await parse('status', '--watch', '--json')).toMatchObject({ name: 'mistake' });
    expect(await parse('status', '--watch', '--every', '0')).toMatchObject({ name: 'mistake' });
    const nothing = { socket, textfile: undefined, every: undefined, listen: undefined };
    expect(await parse('metrics')).toEqual({ name: 'metrics', metrics: nothing });
    expect(await parse('metrics', '--textfile', '/a.prom', '--every', '15')).toEqual({
      name: 'metrics',
      metrics: { ...nothing, textfile: '/a.prom', every: 15 },
    });
    expect(await parse('metrics', '--listen', '9971')).toMatchObject({ metrics: { listen: '9971' } });
    expect(await parse('metrics', '--every', '15')).toMatchObject({ name: 'mistake' });
  });

  test('prints help and version', async () => {
    expect(await parse('--version')).toEqual({ name: 'print', text: '1.2.3' });
    expect(await parse('--help')).toEqual({ name: 'print', text: expect.stringMatching(/vmclockd status +say/) });
    expect(await parse('run', '--help')).toEqual({ name: 'print', text: expect.stringContaining('--log-format') });
  });

  test.each([
    [[], 'Give a command.'],
    [['bogus'], 'Unknown argument: bogus'],
    [['status', '--bogus'], 'Unknown argument: bogus'],
    [['status', 'extra'], 'Unknown argument: extra'],
    [['run', '--sock'], 'Not enough arguments following: sock'],
    [['run', '--sok', '/x'], 'Unknown argument: sok'],
    [['monitor', '-R', '0'], '-R takes readings a second, more than 0 and up to 100'],
    [['monitor', '-u', '1.5'], '-u takes a whole number from 0 to 100000'],
    [['monitor', '-O', 'tai'], '-O takes a whole number from -86400 to 86400'],
    [['monitor', '--count', '-1'], '--count takes a whole number'],
    [['waitsync', '--timeout', '-1'], '--timeout takes seconds from 0 to 604800'],
    [['demo', '--seconds', 'x'], '--seconds takes seconds from 1 to 86400'],
    [['demo', '--disrupt-every', '0'], '--disrupt-every takes seconds from 1 to 86400'],
  ])('explains the mistake in %j, with the usage', async (argv, mistake) => {
    const command = await parse(...argv);
    expect(command).toEqual({ name: 'mistake', text: expect.stringContaining(mistake) });
    expect(command).toEqual({ name: 'mistake', text: expect.stringMatching(/vmclockd .*\n[\s\S]*Options:/) });
  });
});

describe('parseRun()', () => {
  test.each([
    [['run']],
    [['run', '--sock', '/a']],
    [['run', '--sock=/a', '--config=/c', '--timescale', '37']],
    [['run', '--sock=']],
    [['run', '--sock', '/a', '--sock', '/b']],
    [['run', '--timescale=-37']],
    [['run', '--log-level', 'debug', '--log-format', 'json', '--status-socket', '/s', '--state', '/t']],
  ])('understands %j as yargs does', async (argv) => {
    const run = parseRun(argv);
    expect(run).toBeDefined();
    expect(await parse(...argv)).toEqual({ name: 'run', run });
  });

  test.each([
    [['status']],
    [[]],
    [['run', '--help']],
    [['run', '--bogus', 'x']],
    [['run', 'extra']],
    [['run', '--sock']],
    [['run', '--sock', '--phc', 'x']],
    [['--version', 'run']],
  ])('leaves %j to yargs', (argv) => {
    expect(parseRun(argv)).toBeUndefined();
  });
});

test('the flags of `run` are the flags that the settings name', () => {
  const named = settingNames().flatMap((name) =>
    SETTING_KEYS[name].flag === undefined ? [] : [[SETTING_KEYS[name].flag, name]],
  );
  const offered = RUN_FLAGS.flatMap(({ flag, setting }) => (setting === undefined ? [] : [[flag, setting]]));
  expect(offered.sort()).toEqual(named.sort());
});

test('an empty --timeout of waitsync is a mistake, not for ever', async () => {
  expect(await parseCommandLine(['waitsync', '--timeout='], '')).toMatchObject({ name: 'mistake' });
  expect(await parseCommandLine(['waitsync', '--timeout', '1.5'], '')).toMatchObject({ timeout: 1.5 });
  expect(await parseCommandLine(['waitsync'], '')).toMatchObject({ timeout: 0 });
});
