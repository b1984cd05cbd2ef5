import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WatchScreen } from '../../../src/cli/watch/watch-screen.js';

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';

class Output extends EventEmitter {
  columns = 50;
  rows = 3;
  text = '';
  write(text: string): void {
    this.text += text;
  }
}

class Input extends EventEmitter {
  readonly isTTY = true;
  raw = false;
  paused = false;
  setRawMode(raw: boolean): void {
    this.raw = raw;
  }
  pause(): void {
    this.paused = true;
  }
}

let output: Output;
let input: Input;
let quits: number;
let redraws: number;
let screen: WatchScreen;

beforeEach(() => {
  [output, input, quits, redraws] = [new Output(), new Input(), 0, 0];
  screen = new WatchScreen({
    output,
    input,
    colour: false,
    onQuit: () => {
      quits += 1;
    },
    onRedraw: () => {
      redraws += 1;
    },
  });
  screen.enter();
});
afterEach(() => screen.leave());

describe('WatchScreen', () => {
  test('gives the terminal back as it was', () => {
    expect([output.text, input.raw]).toEqual([ENTER, true]);
    screen.leave();
    expect([output.text, input.raw, input.paused]).toEqual([ENTER + LEAVE, false, true]);
    screen.leave();
    screen.draw([{ text: 'late', tone: 'plain' }]);
    expect(output.text).toBe(ENTER + LEAVE);
    expect([input.listenerCount('data'), output.listenerCount('resize')]).toEqual([0, 0]);
  });

  test('gives it back when the process ends some other way', () => {
    const added = process.listeners('exit').at(-1);
    added?.(1);
    expect([output.text, input.raw]).toEqual([ENTER + LEAVE, false]);
  });

  test('leaves no listeners to the process', () => {
    const before = process.listenerCount('exit') + process.listenerCount('SIGCONT');
    screen.leave();
    expect(process.listenerCount('exit') + process.listenerCount('SIGCONT')).toBe(before - 2);
  });

  test('writes line by line from the top, and nothing after a full line', () => {
    output.text = '';
    screen.draw([
      { text: 'a', tone: 'good' },
      { text: '', tone: 'plain' },
      { text: 'c', tone: 'dim' },
    ]);
    expect(output.text).toBe('\u001b[H\u001b[Ka\r\n\u001b[K\r\n\u001b[Kc');
  });

  test.each([
    ['q', 1],
    ['Q', 1],
    ['\u0003', 1],
    ['x', 0],
    ['\u001b[A', 0],
  ])('the key %j quits %i times', (key, times) => {
    input.emit('data', Buffer.from(key));
    expect(quits).toBe(times);
  });

  test('is drawn anew when the size changes, with the size of then', () => {
    output.columns = 40;
    output.emit('resize');
    expect([redraws, screen.size]).toEqual([1, { columns: 40, rows: 3 }]);
  });
});
