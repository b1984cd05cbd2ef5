import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parseCommandLine } from '../../src/cli/command-line.js';
import { parseListenAddress } from '../../src/cli/metrics/listen-address.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

function unit(name: string) {
  const text = readFileSync(join(process.cwd(), 'systemd', name), 'utf8');
  const values = (directive: string) =>
    [...text.matchAll(new RegExp(`^${directive}=(.*)$`, 'gm'))].map((match) => match[1] ?? '');
  const [node = '', ...words] = (values('ExecStart')[0] ?? '').split(' ');
  const script = words.findIndex((word) => !word.startsWith('-'));
  return { values, node, nodeFlags: words.slice(0, script), script: words[script], flags: words.slice(script + 1) };
}

async function metricsOf(flags: readonly string[]) {
  const command = await parseCommandLine(flags, '0');
  if (command.name !== 'metrics') throw new Error(`not metrics but ${JSON.stringify(command)}`);
  return command.metrics;
}

describe.each(['vmclockd-metrics.service', 'vmclockd-metrics-http.service'])('%s', (name) => {
  const { values, node, nodeFlags, script, flags } = unit(name);

  test('starts Node with flags that this Node takes, without a JIT', () => {
    expect([node, script]).toEqual(['/usr/bin/node', '/usr/lib/vmclockd/build/src/cli/main.js']);
    const ended = spawnSync(process.execPath, [...nodeFlags, MAIN, 'metrics', '--socket', '/no/such/socket'], {
      encoding: 'utf8',
    });
    expect(ended.stdout).toContain('vmclockd_up 0\n');
    expect(ended.status).toBe(3);
  });

  test('has no powers, and a user of its own', () => {
    expect(values('CapabilityBoundingSet')).toEqual(['']);
    expect(values('DynamicUser')).toEqual(['yes']);
    expect(values('MemoryDenyWriteExecute')).toEqual(['yes']);
    expect(values('IPAddressDeny')).toEqual(['any']);
    expect(flags[0]).toBe('metrics');
  });
});

test('the textfile unit writes into the folder that it makes, and has no internet sockets', async () => {
  const { values, flags } = unit('vmclockd-metrics.service');
  const { textfile, every, listen } = await metricsOf(flags);
  expect(textfile).toBe(`/run/${values('RuntimeDirectory')[0]}/vmclockd.prom`);
  expect(every).toBe(15);
  expect(listen).toBeUndefined();
  expect(values('RestrictAddressFamilies')).toEqual(['AF_UNIX']);
});

test('the HTTP unit listens on the loopback, and hears nobody else', async () => {
  const { values, flags } = unit('vmclockd-metrics-http.service');
  const { listen } = await metricsOf(flags);
  expect(parseListenAddress(listen ?? '').host).toBe('127.0.0.1');
  expect(values('IPAddressAllow')).toEqual(['localhost']);
});
