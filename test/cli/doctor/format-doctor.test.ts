import { describe, expect, test } from '@jest/globals';
import { about, type Finding } from '../../../src/cli/doctor/finding.js';
import { formatDoctor } from '../../../src/cli/doctor/format-doctor.js';
import { summarise } from '../../../src/cli/doctor/summarise.js';

const say = (name: string) => about({ id: name.toLowerCase(), name, expected: `a good ${name}`, why: 'it matters' });
const FINDINGS: readonly Finding[] = [
  say('Kernel').ok('7.2.12'),
  say('Page').skip('only root may read it', 'ask as root'),
  say('Clocksource').warn('hpet', 'see `dmesg`'),
  say('Clock').fail('none of the four clocks that the kernel lists gives a reading', '`modprobe ptp_kvm`'),
];
const NOTHING_WRONG = [say('Kernel').ok('7.2.12'), say('Clock').ok('/dev/ptp0')];

describe('formatDoctor()', () => {
  test('puts first what is wrong, wraps it, and sums up', () => {
    expect(formatDoctor(FINDINGS, 60, false).split('\n')).toEqual([
      'FAIL  Clock             none of the four clocks that the',
      '                        kernel lists gives a reading',
      '      expected: a good Clock',
      '      why:      it matters',
      '      mend:     `modprobe ptp_kvm`',
      '',
      'WARN  Clocksource       hpet',
      '      expected: a good Clocksource',
      '      why:      it matters',
      '      mend:     see `dmesg`',
      '',
      'OK    Kernel            7.2.12',
      '-     Page              only root may read it',
      '',
      '1 problem: Clock; 1 warning: Clocksource.',
      '1 check could not see enough: ask as root.',
      '',
    ]);
  });

  test('says so when all is well', () => {
    expect(formatDoctor(NOTHING_WRONG, 100, false)).toBe(
      'OK    Kernel            7.2.12\nOK    Clock             /dev/ptp0\n\nAll is well: 2 checks.\n',
    );
  });

  test('keeps to the width of the terminal, but for words that are longer', () => {
    for (const columns of [50, 80, 120, 500]) {
      const long = say('Long').fail('word '.repeat(100), `${'word '.repeat(50)}${'x'.repeat(90)}`);
      const lines = formatDoctor([long], columns, false).split('\n');
      const widest = Math.max(...lines.filter((line) => !line.includes('xxx')).map((line) => line.length));
      expect(widest).toBeLessThanOrEqual(Math.min(columns, 120));
      expect(lines.some((line) => line.trim() === 'x'.repeat(90))).toBe(true);
    }
    expect(formatDoctor(FINDINGS, 1, false)).toContain('FAIL');
  });

  test('leaves a command whole, to be copied', () => {
    const lines = formatDoctor([say('Clock').fail('none', 'as root: `echo a b > /c` and `x`')], 30, false).split('\n');
    expect(lines.slice(3, 6)).toEqual([
      '      mend:     as root:',
      '                `echo a b > /c` and',
      '                `x`',
    ]);
  });

  test('colours marks on a terminal only, and shows control characters as codes', () => {
    const evil = [say('Clock').fail('\u001b[2J', '\u0007')];
    expect(formatDoctor(evil, 80, false)).not.toContain('\u001b');
    expect(formatDoctor(evil, 80, false)).toContain('\\u{1b}[2J');
    expect(formatDoctor(FINDINGS, 80, true)).toContain('\u001b[31mFAIL');
  });
});

test.each([
  [FINDINGS, 'FAIL', 2],
  [FINDINGS.slice(0, 3), 'WARN', 1],
  [FINDINGS.slice(0, 2), 'OK', 0],
] as const)('summarise() judges by the worst', (findings, verdict, exitCode) => {
  expect(summarise(findings)).toMatchObject({ verdict, exitCode });
});
