import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CANDM_COMMANDS, type CandmCommand } from '../../src/sock/candm-command.js';
import { CommandChannel } from '../../src/sock/command-channel.js';
import { ChronydStandIn, ManualLoop, reply, type SeenRequest } from './chronyd-stand-in.js';
import { randomBytes } from './random-bytes.js';

const { tracking, resetSources, doffset } = CANDM_COMMANDS;
const TRACKING_DATA = Buffer.alloc(76, 7);

let directory = '';
let command = '';
let ours = '';
let chronyd: ChronydStandIn;
let loop: ManualLoop;
let channel: CommandChannel;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-channel-'));
  command = join(directory, 'chronyd.sock');
  ours = join(directory, `vmclockd.${process.pid}.sock`);
  chronyd = new ChronydStandIn(command);
  loop = new ManualLoop();
  channel = new CommandChannel(command, 1000, loop);
});

afterEach(() => {
  channel.close();
  chronyd.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The one request that waits at chronyd. */
function only(): SeenRequest {
  const [request, ...more] = chronyd.take();
  if (request === undefined || more.length > 0) throw new Error(`expected one request, saw ${more.length + 1} or none`);
  return request;
}

function answer(...datagrams: readonly Uint8Array[]): void {
  for (const bytes of datagrams) chronyd.send(bytes, ours);
  loop.readable();
}

/** A request whose failure does not end the process when a test has failed before looking at it. */
function ask(wanted: CandmCommand): Promise<DataView> {
  const asked = channel.request(wanted);
  asked.catch(() => {});
  return asked;
}

describe('CommandChannel.request()', () => {
  test('resolves with the data of the answer, and then neither timer nor watch keeps the process alive', async () => {
    const asked = ask(tracking);
    expect(loop.pendingTimersMs).toEqual([1000]);
    const request = only();
    expect(request).toMatchObject({ command: 33, attempt: 0 });
    answer(reply(request, 5, TRACKING_DATA));
    const data = await asked;
    expect(Buffer.from(data.buffer, data.byteOffset, data.byteLength)).toEqual(TRACKING_DATA);
    expect(loop).toMatchObject({ pendingTimersMs: [], awaiting: 0 });
  });

  test('binds a socket beside the command socket that chronyd may write to, once for all requests', async () => {
    for (let count = 0; count < 3; count += 1) {
      const asked = ask(resetSources);
      expect(statSync(ours).mode & 0o777).toBe(0o666);
      answer(reply(only(), 1));
      await asked;
    }
    expect(readdirSync(directory).sort()).toEqual(['chronyd.sock', `vmclockd.${process.pid}.sock`]);
  });

  test('sends requests at once and in order, with sequence numbers that grow by one', async () => {
    const both = [ask(doffset), ask(resetSources)];
    const [first, second] = chronyd.take();
    if (first === undefined || second === undefined) throw new Error('two requests were expected');
    expect([first.command, second.command]).toEqual([71, 66]);
    expect(second.sequence).toBe((first.sequence + 1) % 2 ** 32);
    answer(reply(second, 1), reply(first, 1));
    await Promise.all(both);
    expect(loop).toMatchObject({ pendingTimersMs: [], awaiting: 0 });
  });

  test('an answer settles the request that it belongs to, and no other', async () => {
    const both = [ask(tracking), ask(resetSources)];
    const [first, second] = chronyd.take();
    if (first === undefined || second === undefined) throw new Error('two requests were expected');
    answer(reply(second, 1, Buffer.alloc(0), 2));
    await expect(both[1]).rejects.toMatchObject({ status: 2, unanswered: false });
    expect(loop).toMatchObject({ pendingTimersMs: [1000], awaiting: 1 });
    answer(reply(second, 1), reply(first, 5, TRACKING_DATA));
    await both[0];
    expect(channel.counts).toEqual({ requests: 2, retries: 0, timeouts: 0, ignored: 1 });
  });

  test('the one whose answer is lost says so, and what came for another is not held against it', async () => {
    const [lost, other] = [ask(doffset), ask(resetSources)];
    const second = chronyd.take()[1];
    if (second === undefined) throw new Error('two requests were expected');
    answer(reply(second, 1));
    await other;
    loop.expire();
    await expect(lost).rejects.toMatchObject({ code: 'ETIMEDOUT', unanswered: true });
    await expect(lost).rejects.not.toThrow('what came');
  });

  test('keeps no more than eight under way, as the kernel queues ten for a socket', async () => {
    const asked = Array.from({ length: 11 }, () => ask(resetSources));
    const seen = [...chronyd.take()];
    expect(seen).toHaveLength(8);
    while (seen.length > 0) {
      for (const request of seen.splice(0)) answer(reply(request, 1));
      seen.push(...chronyd.take());
    }
    await Promise.all(asked);
    expect(channel.counts.requests).toBe(11);
  });

  test('two channels begin with different sequence numbers', () => {
    const other = new CommandChannel(command, 1000, new ManualLoop());
    const settled = Promise.allSettled([ask(tracking), other.request(tracking)]);
    const [first, second] = chronyd.take();
    expect(first?.sequence).not.toBe(second?.sequence);
    other.close();
    channel.close();
    return settled;
  });

  test('ignores answers to other requests and garbage, counts them, and waits on', async () => {
    const asked = ask(tracking);
    const request = only();
    const right = reply(request, 5, TRACKING_DATA);
    answer(
      reply({ ...request, sequence: (request.sequence ^ 1) >>> 0 }, 5, TRACKING_DATA),
      reply({ ...request, command: 14 }, 2, Buffer.alloc(4)),
      right.subarray(0, 103),
      Buffer.concat([right, Buffer.alloc(1)]),
      Buffer.alloc(2000),
      Buffer.alloc(0),
    );
    expect(loop.pendingTimersMs).toEqual([1000]);
    answer(right);
    await asked;
    expect(channel.counts).toEqual({ requests: 1, retries: 0, timeouts: 0, ignored: 6 });
  });

  test('hands out data that a later datagram does not overwrite', async () => {
    const asked = ask(tracking);
    const request = only();
    answer(reply(request, 5, TRACKING_DATA), Buffer.alloc(104, 9));
    expect((await asked).getUint32(0)).toBe(0x07070707);
  });

  test('survives any bytes', async () => {
    const asked = ask(tracking);
    const request = only();
    let sent = 0;
    for (const bytes of randomBytes(2_000, 104)) {
      answer(bytes);
      sent += 1;
    }
    expect(channel.counts.ignored).toBe(sent);
    answer(reply(request, 5, TRACKING_DATA));
    await asked;
  });

  test('ignores a late answer to an earlier request when the next one waits', async () => {
    const lost = ask(resetSources);
    const late = only();
    loop.expire();
    await expect(lost).rejects.toThrow('no answer');
    const asked = ask(resetSources);
    const request = only();
    answer(reply(late, 1, Buffer.alloc(0), 1), reply(request, 1));
    await asked;
    expect(channel.counts.ignored).toBe(1);
  });

  test('asks once more when a question is not answered, as attempt 1 of the same sequence', async () => {
    const asked = ask(tracking);
    const first = only();
    loop.expire();
    const second = only();
    expect(second).toMatchObject({ attempt: 1, sequence: first.sequence });
    answer(reply(second, 5, TRACKING_DATA));
    await asked;
    expect(channel.counts).toMatchObject({ retries: 1, timeouts: 0 });
  });

  test('rejects with ETIMEDOUT after the second silence, and says what came instead', async () => {
    const asked = ask(tracking);
    answer(Buffer.alloc(3));
    loop.expire();
    loop.expire();
    await expect(asked).rejects.toMatchObject({
      name: 'ChronydError',
      request: 'TRACKING',
      path: command,
      code: 'ETIMEDOUT',
      message: expect.stringMatching(/no answer within 1000 ms, asked twice; what came was no answer \(.*length is 3/),
    });
    expect(loop).toMatchObject({ pendingTimersMs: [], awaiting: 0 });
  });

  test('never gives a command twice: without an answer it says that the outcome is not known', async () => {
    const asked = ask(resetSources);
    loop.expire();
    await expect(asked).rejects.toThrow('whether it was carried out is not known');
    expect(chronyd.take()).toHaveLength(1);
  });

  test("rejects with chronyd's status in words", async () => {
    const asked = ask(resetSources);
    answer(reply(only(), 1, Buffer.alloc(0), 2));
    await expect(asked).rejects.toMatchObject({
      code: 'EPROTO',
      status: 2,
      message: `RESET_SOURCES to chronyd on ${command}: chronyd answered "not authorised" (2)`,
    });
  });

  test('goes on with the next request after a failure', async () => {
    const failing = ask(resetSources);
    only();
    loop.expire();
    await expect(failing).rejects.toThrow('no answer');
    const next = ask(resetSources);
    answer(reply(only(), 1));
    await next;
  });

  test('rejects with EBUSY rather than let an unbounded queue grow', async () => {
    const asked = Array.from({ length: 33 }, () => ask(tracking));
    await expect(ask(tracking)).rejects.toMatchObject({ code: 'EBUSY' });
    channel.close();
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
  });

  test('rejects with ECONNREFUSED when chronyd has died, and works again when it is back', async () => {
    chronyd.close();
    await expect(ask(tracking)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: expect.stringContaining('start chronyd'),
    });
    rmSync(command);
    await expect(ask(tracking)).rejects.toMatchObject({ code: 'ENOENT' });
    chronyd = new ChronydStandIn(command);
    const asked = ask(resetSources);
    answer(reply(only(), 1));
    await asked;
  });

  test('rejects with ENOENT when there is no such directory, and leaves nothing open', async () => {
    const nowhere = new CommandChannel(join(directory, 'nowhere', 'chronyd.sock'), 1000, loop);
    const descriptors = readdirSync('/proc/self/fd').length;
    await expect(nowhere.request(tracking)).rejects.toMatchObject({
      code: 'ENOENT',
      message: expect.stringMatching(/^TRACKING to chronyd on .*ENOENT.*chronyd is not running/),
    });
    expect(readdirSync('/proc/self/fd')).toHaveLength(descriptors);
    expect(loop).toMatchObject({ pendingTimersMs: [], awaiting: 0 });
  });

  test("binds anew when chronyd's directory was made anew", async () => {
    const before = ask(resetSources);
    answer(reply(only(), 1));
    await before;
    chronyd.close();
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
    chronyd = new ChronydStandIn(command);
    const asked = ask(resetSources);
    answer(reply(only(), 1));
    await asked;
  });

  test('watches one socket once for all requests, and keeps the process alive only while an answer is due', async () => {
    for (let count = 0; count < 3; count += 1) {
      const asked = ask(resetSources);
      expect(loop.awaiting).toBe(1);
      answer(reply(only(), 1));
      await asked;
      expect(loop).toMatchObject({ watches: 1, watchesBegun: 1, awaiting: 0 });
    }
  });

  test('takes away, and counts, what arrives when nothing was asked', () => {
    const asked = ask(resetSources);
    const request = only();
    answer(reply(request, 1), reply(request, 1));
    answer(Buffer.alloc(28));
    expect(channel.counts.ignored).toBe(2);
    return asked;
  });

  test('rejects with EIO when the socket for the answers breaks, and opens another one for the next request', async () => {
    const asked = ask(resetSources);
    const lost = only();
    loop.readable(true);
    await expect(asked).rejects.toMatchObject({ code: 'EIO', unanswered: true });
    expect(loop).toMatchObject({ pendingTimersMs: [], watches: 0 });
    const next = ask(resetSources);
    answer(reply(lost, 1), reply(only(), 1));
    await next;
    expect(loop.watchesBegun).toBe(2);
  });
});

describe('CommandChannel.cancelPending()', () => {
  test('rejects what is under way and what waits with ECANCELED and the reason, and stops the timer', async () => {
    const sentFirst = Array.from({ length: 8 }, () => ask(resetSources));
    const asked = [...sentFirst, ask(doffset), ask(tracking)];
    channel.cancelPending('a new disruption');
    const outcomes = await Promise.allSettled(asked);
    for (const outcome of outcomes.slice(0, 8)) {
      expect(outcome).toMatchObject({
        reason: {
          code: 'ECANCELED',
          unanswered: true,
          message: expect.stringMatching(/a new disruption; it was sent, and whether it was carried out is not known$/),
        },
      });
    }
    for (const outcome of outcomes.slice(8)) {
      expect(outcome).toMatchObject({
        reason: { code: 'ECANCELED', unanswered: false, message: expect.stringContaining('it was not sent') },
      });
    }
    expect(loop).toMatchObject({ pendingTimersMs: [], awaiting: 0 });
    expect(chronyd.take()).toHaveLength(8);
  });

  test('does not call a question open: it has changed nothing', async () => {
    const asked = ask(tracking);
    channel.cancelPending('a new disruption');
    await expect(asked).rejects.toMatchObject({ code: 'ECANCELED', unanswered: false });
  });

  test('lets the next request out at once, which the late answer to the cancelled one does not answer', async () => {
    const cancelled = ask(resetSources);
    const late = only();
    channel.cancelPending('a new disruption');
    const asked = ask(resetSources);
    const request = only();
    answer(reply(late, 1, Buffer.alloc(0), 1));
    expect(channel.counts.ignored).toBe(1);
    answer(reply(request, 1));
    await asked;
    await expect(cancelled).rejects.toMatchObject({ code: 'ECANCELED' });
  });

  test('has nothing to do on an idle channel, before the first request and after', async () => {
    channel.cancelPending('a new disruption');
    const asked = ask(resetSources);
    answer(reply(only(), 1));
    await asked;
    channel.cancelPending('a new disruption');
    expect(loop).toMatchObject({ pendingTimersMs: [], awaiting: 0 });
  });
});

describe('CommandChannel.close()', () => {
  test('rejects what is under way with ECANCELED, removes the socket, and refuses more', async () => {
    const asked = [ask(tracking), ask(resetSources)];
    channel.close();
    for (const outcome of asked) await expect(outcome).rejects.toMatchObject({ code: 'ECANCELED' });
    expect(existsSync(ours)).toBe(false);
    expect(loop).toMatchObject({ pendingTimersMs: [], watches: 0 });
    await expect(ask(tracking)).rejects.toMatchObject({ code: 'ECANCELED' });
    channel.close();
  });
});
