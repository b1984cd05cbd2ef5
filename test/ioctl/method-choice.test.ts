import { describe, expect, test } from '@jest/globals';
import { MethodChoice } from '../../src/ioctl/method-choice.js';
import type { ReadingMethod } from '../../src/ioctl/reading.js';

const MINUTE_NS = 60_000_000_000n;
const refusal = (method: ReadingMethod, code = 'ENODEV') => ({ method, code, meaning: `${method} will not do` });

describe('MethodChoice', () => {
  test('begins with all methods, best first, and none in use', () => {
    const choice = new MethodChoice();
    expect(choice.candidates(0n)).toEqual(['PRECISE', 'EXTENDED', 'BASIC']);
    expect(choice.method).toBeUndefined();
    expect(choice.refusals).toEqual([]);
  });

  test('a refused method comes last until a minute has passed, then in its place again', () => {
    const choice = new MethodChoice();
    choice.refused(refusal('PRECISE'), 100n);
    choice.worked('EXTENDED');
    expect(choice.candidates(100n + MINUTE_NS - 1n)).toEqual(['EXTENDED', 'BASIC', 'PRECISE']);
    expect(choice.candidates(100n + MINUTE_NS)).toEqual(['PRECISE', 'EXTENDED', 'BASIC']);
  });

  test('a new refusal begins a new minute', () => {
    const choice = new MethodChoice();
    choice.refused(refusal('PRECISE'), 0n);
    choice.refused(refusal('PRECISE'), MINUTE_NS);
    expect(choice.candidates(MINUTE_NS + 1n)).toEqual(['EXTENDED', 'BASIC', 'PRECISE']);
  });

  test('tells the refusals of the methods better than the one in use only', () => {
    const choice = new MethodChoice();
    choice.refused(refusal('BASIC', 'ENOTTY'), 0n);
    choice.refused(refusal('PRECISE'), 0n);
    choice.worked('EXTENDED');
    expect(choice.refusals).toEqual([refusal('PRECISE')]);
    expect(choice.method).toBe('EXTENDED');
  });

  test('the method in use is none once it was refused, and then every refusal is told', () => {
    const choice = new MethodChoice();
    choice.worked('BASIC');
    for (const method of ['PRECISE', 'EXTENDED', 'BASIC'] as const) choice.refused(refusal(method), 0n);
    expect(choice.method).toBeUndefined();
    expect(choice.refusals.map(({ method }) => method)).toEqual(['PRECISE', 'EXTENDED', 'BASIC']);
    expect(choice.candidates(1n)).toEqual(['PRECISE', 'EXTENDED', 'BASIC']);
  });

  test('a method that works is refused no more', () => {
    const choice = new MethodChoice();
    choice.refused(refusal('PRECISE'), 0n);
    choice.worked('PRECISE');
    expect(choice.candidates(1n)).toEqual(['PRECISE', 'EXTENDED', 'BASIC']);
    expect(choice.refusals).toEqual([]);
  });

  test('reprobe() forgets method and refusals', () => {
    const choice = new MethodChoice();
    choice.refused(refusal('PRECISE'), 0n);
    choice.worked('BASIC');
    choice.reprobe();
    expect(choice.method).toBeUndefined();
    expect(choice.candidates(1n)).toEqual(['PRECISE', 'EXTENDED', 'BASIC']);
  });
});
