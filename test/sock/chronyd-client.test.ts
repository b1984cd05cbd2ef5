import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ChronydClient } from '../../src/sock/chronyd-client.js';
import { ChronydError } from '../../src/sock/chronyd-error.js';
import { OffsetChangeError } from '../../src/sock/offset-change-error.js';
import { ChronydStandIn, ManualLoop, reply, type SeenRequest } from './chronyd-stand-in.js';
import { randomBytes } from './random-bytes.js';

const REFUSED = { failed: 1, notAuthorised: 2, invalid: 3, noSuchSource: 4 } as const;
/** −0.2 s as a chrony float, and what that is in fact. */
const FIRST_PART_NS = 200_000_002.980232;

let directory = '';
let chronyd: ChronydStandIn;
let loop: ManualLoop;
let client: ChronydClient;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmclockd-client-'));
  chronyd = new ChronydStandIn(join(directory, 'chronyd.sock'));
  loop = new ManualLoop();
  client = new ChronydClient(chronyd.path, { loop });
});

afterEach(() => {
  client.close();
  chronyd.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The one request that waits at chronyd. */
function only(): SeenRequest {
  const [request, ...more] = chronyd.take();
  if (request === undefined || more.length > 0) throw new Error(`expected one request, saw ${more.length + 1} or none`);
  return request;
}

/** Answers the one request that waits, and gives its number and data. */
function answer(status = 0): string {
  const request = only();
  answerTo(request, status);
  return told(request);
}

function answerTo(request: SeenRequest, status = 0): void {
  chronyd.send(reply(request, 1, Buffer.alloc(0), status), join(directory, `vmclockd.${process.pid}.sock`));
  loop.readable();
}

function told({ command, bytes }: SeenRequest): string {
  return `${command} ${bytes.subarray(20).toString('hex')}`;
}

/** The two requests that wait. */
function two(): readonly [SeenRequest, SeenRequest] {
  const [first, second, ...more] = chronyd.take();
  if (first === undefined || second === undefined || more.length > 0) throw new Error('two requests were expected');
  return [first, second];
}

/** A call whose failure does not end the process when a test has failed before looking at it. */
function handled<T>(call: Promise<T>): Promise<T> {
  call.catch(() => {});
  return call;
}

describe('ChronydClient', () => {
  test.each<[string, () => Promise<unknown>, string]>([
    ['changeFrequency(10)', () => client.changeFrequency(10), '31 0b60000000000000'],
    ['changeFrequency(-10)', () => client.changeFrequency(-10), '31 0aa0000000000000'],
    ['changeOffset(1e9)', () => client.changeOffset(1e9), '71 0580000000000000'],
    ['changeOffset(-1e9)', () => client.changeOffset(-1e9), '71 0480000000000000'],
    ['makeStep()', () => client.makeStep(), '43 0000000000000000'],
    [
      'setSelectable("VMCK", false)',
      () => client.setSelectable('VMCK', false),
      `72 ${'00'.repeat(20)}564d434b0000000100000010`,
    ],
    [
      'setSelectable("VMCK", true)',
      () => client.setSelectable('VMCK', true),
      `72 ${'00'.repeat(20)}564d434b0000000100000000`,
    ],
  ])('%s sends that command and resolves when chronyd has carried it out', async (_name, give, sent) => {
    const given = handled(give());
    expect(answer()).toBe(sent);
    await given;
  });

  const COMMANDS: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['changeFrequency', () => client.changeFrequency(10)],
    ['changeOffset', () => client.changeOffset(1e9)],
    ['makeStep', () => client.makeStep()],
    ['setSelectable', () => client.setSelectable('VMCK', false)],
    ['resetSources', () => client.resetSources()],
  ];

  test.each(COMMANDS)(
    '%s() is never given twice when no answer comes, and says that its outcome is open',
    async (_n, give) => {
      const given = handled(give());
      only();
      loop.expire();
      await expect(given).rejects.toMatchObject({ code: 'ETIMEDOUT', unanswered: true, refused: false });
      loop.expire();
      expect(chronyd.take()).toEqual([]);
    },
  );

  test.each(COMMANDS)('%s() rejects with the status of a refusal', async (_name, give) => {
    const given = handled(give());
    answer(REFUSED.notAuthorised);
    const error = await given.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ChronydError);
    expect(error).toMatchObject({ code: 'EPROTO', status: 2, refused: true, unanswered: false });
  });

  test.each(COMMANDS)('%s() survives any bytes, and takes the right answer after them', async (_name, give) => {
    const given = handled(give());
    const request = only();
    const ours = join(directory, `vmclockd.${process.pid}.sock`);
    const right = reply(request, 1);
    let ignored = 0;
    for (const bytes of randomBytes(500, 28, request.command)) {
      // Half of them nearly right: one byte of the 18 that count is another.
      const nearly = Buffer.from(right);
      const at = [0, 1, 4, 5, 6, 7, 16, 17, 18, 19][ignored % 10] ?? 0;
      nearly[at] = (nearly[at] ?? 0) ^ ((bytes[0] ?? 0) | 1);
      chronyd.send(ignored % 2 === 0 ? nearly : bytes, ours);
      loop.readable();
      ignored += 1;
      expect(client.counts.ignored).toBe(ignored);
    }
    chronyd.send(right, ours);
    loop.readable();
    await given;
  });

  test('refuses what cannot be meant before anything is sent', async () => {
    await expect(client.changeFrequency(Number.NaN)).rejects.toThrow(RangeError);
    await expect(client.changeOffset(Infinity)).rejects.toThrow(RangeError);
    await expect(client.setSelectable('VMCLOCK', false)).rejects.toThrow(RangeError);
    await client.changeOffset(0.5);
    expect(chronyd.take()).toEqual([]);
  });
});

describe('ChronydClient.changeOffset()', () => {
  test('of 0.2 s sends a second command along that makes good for the rounding of the first', async () => {
    const given = handled(client.changeOffset(0.2e9));
    const both = two();
    // 0.2 · 2^-26 s back, so positive on the wire: exponent −27, coefficient 0xcccccd.
    expect(both.map(told)).toEqual(['71 ff33333300000000', '71 cacccccd00000000']);
    for (const request of both) answerTo(request);
    await given;
    expect(chronyd.take()).toEqual([]);
  });

  test('says what was applied when one of its commands is refused', async () => {
    for (const [refused, appliedNs] of [
      [0, 0.2e9 - FIRST_PART_NS],
      [1, FIRST_PART_NS],
    ] as const) {
      const given = handled(client.changeOffset(0.2e9));
      for (const [at, request] of two().entries()) answerTo(request, at === refused ? REFUSED.failed : 0);
      const error = await given.catch((reason: unknown) => reason);
      if (!(error instanceof OffsetChangeError)) throw error;
      expect(error.appliedNs).toBeCloseTo(appliedNs, 5);
      expect(error).toMatchObject({ uncertainNs: 0, refused: true, code: 'EPROTO', request: 'DOFFSET2' });
      expect(error.message).toMatch(/\S+ ns of \S+ ns were applied: chronyd answered "failed" \(1\)$/);
    }
  });

  test('says what may have been applied when the second command is not answered', async () => {
    const given = handled(client.changeOffset(0.2e9));
    const [first] = two();
    answerTo(first);
    loop.expire();
    const error = await given.catch((reason: unknown) => reason);
    if (!(error instanceof OffsetChangeError)) throw error;
    expect(error.appliedNs).toBeCloseTo(FIRST_PART_NS, 5);
    expect(error.uncertainNs).toBeCloseTo(0.2e9 - FIRST_PART_NS, 5);
    expect(error).toMatchObject({ code: 'ETIMEDOUT', unanswered: true });
  });

  test('is no refusal when one command is refused and the other not answered', async () => {
    const given = handled(client.changeOffset(0.2e9));
    answerTo(two()[0], REFUSED.failed);
    loop.expire();
    await expect(given).rejects.toMatchObject({ refused: false, unanswered: true, appliedNs: 0 });
  });

  test('is left open by cancelPending()', async () => {
    const given = handled(client.changeOffset(0.2e9));
    two();
    client.cancelPending('a new disruption');
    const error = await given.catch((reason: unknown) => reason);
    if (!(error instanceof OffsetChangeError)) throw error;
    expect(error).toMatchObject({ code: 'ECANCELED', appliedNs: 0 });
    expect(error.uncertainNs).toBeCloseTo(0.2e9, 5);
    expect(error.message).toContain('a new disruption');
  });

  test('goes out whole behind what was asked before and ahead of what is asked after, without waiting', async () => {
    const given = [client.changeFrequency(40), client.changeOffset(0.2e9), client.makeStep()].map(handled);
    const seen = chronyd.take();
    expect(seen.map(({ command }) => command)).toEqual([31, 71, 71, 43]);
    for (const request of seen) answerTo(request);
    await Promise.all(given);
  });
});

describe('ChronydClient.setSelectable()', () => {
  test("resolves with 'done', and with 'unsupported' where chronyd does not know the command", async () => {
    const known = handled(client.setSelectable('VMCK', false));
    answer();
    await expect(known).resolves.toBe('done');
    const unknown = handled(client.setSelectable('VMCK', false));
    answer(REFUSED.invalid);
    await expect(unknown).resolves.toBe('unsupported');
  });

  test('rejects where there is no such source', async () => {
    const given = handled(client.setSelectable('NONE', false));
    answer(REFUSED.noSuchSource);
    await expect(given).rejects.toMatchObject({ status: 4, message: expect.stringContaining('no such source') });
  });
});

describe('ChronydClient.pendingBytes()', () => {
  test('is 0 before the first request, and more until chronyd has read what was sent', async () => {
    expect(client.pendingBytes()).toBe(0);
    const asked = handled(client.resetSources());
    expect(client.pendingBytes()).toBeGreaterThan(0);
    const request = only();
    expect(client.pendingBytes()).toBe(0);
    answerTo(request);
    await asked;
  });
});

describe('ChronydClient.cancelPending()', () => {
  test('ends a walk over the sources, which asks for no further one', async () => {
    const walk = handled(client.sources());
    only();
    client.cancelPending('a new disruption');
    await expect(walk).rejects.toMatchObject({ code: 'ECANCELED' });
    expect(chronyd.take()).toEqual([]);
  });
});
