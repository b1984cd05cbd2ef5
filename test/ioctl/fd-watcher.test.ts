import { writeSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type FdEvent, FdWatcher } from '../../src/ioctl/fd-watcher.js';
import { close, open, receive } from '../../src/ioctl/libc.js';
import { checked, libcFunction } from '../../src/ioctl/libc-call.js';

const cPipe = libcFunction<[Int32Array]>('int pipe(void *fds)');
const cSocketpair = libcFunction<[number, number, number, Int32Array]>('int socketpair(int, int, int, void *fds)');
const cShutdown = libcFunction<[number, number]>('int shutdown(int fd, int how)');
const cRead = libcFunction<[number, Uint8Array, number]>('intptr_t read(int fd, void *into, size_t length)');

function pipe(): [number, number] {
  const fds = new Int32Array(2);
  checked(cPipe(fds), 'pipe', '');
  return [fds[0] ?? -1, fds[1] ?? -1];
}

function socketpair(): [number, number] {
  const fds = new Int32Array(2);
  checked(cSocketpair(1, 1, 0, fds), 'socketpair', '');
  return [fds[0] ?? -1, fds[1] ?? -1];
}

/** Lets the event loop go round, with a look at its descriptors each time. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A watcher that writes down its events, and a way to wait for them. */
function record(fd: number, onEvent: (event: FdEvent) => void = () => {}) {
  const events: FdEvent[] = [];
  let notify = () => {};
  const watcher = new FdWatcher(fd, 'test', (event) => {
    events.push(event);
    onEvent(event);
    notify();
  });
  const until = async (count: number) => {
    while (events.length < count) {
      await new Promise<void>((resolve) => {
        notify = resolve;
      });
    }
  };
  return { events, watcher, until };
}

const scratch = new Uint8Array(64);

describe('FdWatcher', () => {
  test('calls back once for each arrival that is read', async () => {
    const [from, to] = pipe();
    const { events, watcher, until } = record(from, () => cRead(from, scratch, 64));
    await turns(20);
    expect(events).toEqual([]);
    for (let arrival = 1; arrival <= 3; arrival++) {
      writeSync(to, 'x');
      await until(arrival);
      await turns(20);
      expect(events).toHaveLength(arrival);
    }
    expect(events).toEqual(['readable', 'readable', 'readable']);
    watcher.close();
    close(from);
    close(to);
  });

  test('calls back again when the callback left something unread', async () => {
    const [from, to] = pipe();
    writeSync(to, 'xy');
    const { events, watcher, until } = record(from, () => cRead(from, scratch, 1));
    await until(2);
    await turns(20);
    expect(events).toEqual(['readable', 'readable']);
    watcher.close();
    close(from);
    close(to);
  });

  test.each(['/dev/null', '/proc/self/exe'])('is refused with EPERM on %s, and the process lives', (path) => {
    const fd = open(path, 0);
    expect(() => new FdWatcher(fd, path, () => {})).toThrow(expect.objectContaining({ code: 'EPERM', path }));
    close(fd);
  });

  test('reports a hangup once and then no more, however often the loop turns', async () => {
    const [from, to] = pipe();
    const { events, watcher, until } = record(from);
    close(to);
    await until(1);
    await turns(200);
    expect(events).toEqual(['hangup']);
    watcher.close();
    close(from);
  });

  test('what was written before the hangup is reported first', async () => {
    const [from, to] = pipe();
    writeSync(to, 'x');
    close(to);
    const { events, watcher, until } = record(from);
    await until(2);
    await turns(200);
    expect(events).toEqual(['readable', 'hangup']);
    watcher.close();
    close(from);
  });

  test.each(['close', 'shutdown'])('a stream whose peer did %s is hung up, not readable for ever', async (how) => {
    const [mine, peer] = socketpair();
    const { events, watcher, until } = record(mine, () => receive(mine, scratch));
    if (how === 'close') close(peer);
    else checked(cShutdown(peer, 1), 'shutdown', '');
    await until(2);
    await turns(200);
    expect(events).toEqual(['readable', 'hangup']);
    watcher.close();
    close(mine);
    if (how === 'shutdown') close(peer);
  });

  test('a pipe whose reader is gone is an error, once', async () => {
    const [from, to] = pipe();
    close(from);
    const { events, watcher, until } = record(to);
    await until(1);
    await turns(200);
    expect(events).toEqual(['error']);
    watcher.close();
    close(to);
  });

  test('close() within the callback ends it, also between readable and hangup; a second close() does nothing', async () => {
    const [from, to] = pipe();
    writeSync(to, 'x');
    close(to);
    const { events, watcher, until } = record(from, () => watcher.close());
    await until(1);
    await turns(50);
    expect(events).toEqual(['readable']);
    expect(() => watcher.close()).not.toThrow();
    expect(() => watcher.unref().ref()).not.toThrow();
    close(from);
  });

  test('of two that woke in the same turn, the first may close the second', async () => {
    const [from, to] = pipe();
    const [otherFrom, otherTo] = pipe();
    writeSync(to, 'x');
    writeSync(otherTo, 'x');
    const watchers: FdWatcher[] = [];
    const closeBoth = () => {
      for (const watcher of watchers) watcher.close();
    };
    const one = record(from, closeBoth);
    const other = record(otherFrom, closeBoth);
    watchers.push(one.watcher, other.watcher);
    await turns(50);
    expect([...one.events, ...other.events]).toEqual(['readable']);
    for (const fd of [from, to, otherFrom, otherTo]) close(fd);
  });

  test('close() before the callback came suppresses it', async () => {
    const [from, to] = pipe();
    writeSync(to, 'x');
    const { events, watcher } = record(from);
    watcher.close();
    await turns(50);
    expect(events).toEqual([]);
    close(from);
    close(to);
  });
});
