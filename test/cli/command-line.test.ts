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
    expect(await parse('probe')).toEqual({ name: 'probe', json: false });
    expect(await parse('demo')).toEqual({ name: 'demo', seconds: 30, disruptEvery: 10 });
  });

  test('reads every flag', async () => {
    expect(await parse('status', '--json', '--socket', '/s')).toEqual({ name: 'status', json: true, socket: '/s' });
    expect(await parse('probe', '--json')).toEqual({ name: 'probe', json: true });
    expect(await parse('demo', '--seconds', '5', '--disrupt-every=2.5')).toEqual({
      name: 'demo',
      seconds: 5,
      disruptEvery: 2.5,
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
