import { setTimeout as delay } from 'node:timers/promises';
import type { Guest } from '../guest.js';
import { FED_BY_US, startChronyd, startVmclockd, statusUntil, VMCLOCKD } from '../guest-programs.js';
import { atMost, exactly, type Figure, type Scenario, told } from '../scenario.js';
import { quantile } from '../truth.js';

const PHC2SYS = 'phc2sys -s /dev/ptp0 -O 0 -m -q';
const MONITOR = `${VMCLOCKD} monitor /dev/ptp0 -O 0`;
/** Node has a word about its flags for stderr. */
const lines = (text: string) =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('Warning: disabling'));

/** The form of a line: every number with the blanks before it is N. */
const form = (line: string) =>
  line.replace(/(?<=offset|rms|max|freq|delay|\+\/-) *[+-]?\d+/g, ' N').replace(/\d+/g, 'N');
const forms = (text: string) => [...new Set(lines(text).map(form))].sort().join('\n');

/** Lines by the number of characters between the words: what a script that cuts columns depends on. */
const columns = (text: string) => {
  const shapes = lines(text)
    .map((line) => line.replace(/^phc2sys\[[\d.]+\]/, '').replace(/ *[+-]?\d+/g, (number) => '#'.repeat(number.length)))
    .sort();
  return [...new Set(shapes)].join('\n');
};

const numbers = (text: string, word: string) =>
  [...text.matchAll(new RegExp(`${word} +([+-]?\\d+)`, 'g'))].map((match) => Number(match[1]));
const median = (values: readonly number[]) => quantile(values, 0.5);

/** Both at once, side by side: Node takes an emulated guest some seconds to start. */
async function side(guest: Guest, flags: string, count: number): Promise<void> {
  const name = flags.replace(/ /g, '').replace('-R', 'R');
  const phc2sys = await guest.shell.start(`${PHC2SYS} --free_running 1 ${flags}`, `/run/bench/theirs-${name}.txt`);
  await guest.shell.output(`timeout 50 ${MONITOR} ${flags} --count ${count} > /run/bench/ours-${name}.txt`);
  await guest.shell.output(`kill ${phc2sys}; sleep 0.2`);
}

/** Our lines beside a real phc2sys's: in form, and, both looking at the same clock, in what they say. */
const beside: Scenario = {
  name: 'phc2sys: monitor prints what phc2sys prints',
  about: 'product',
  guest: { page: 'time', fields: { taiOffsetSec: 0 } },
  freshBoot: true,
  async run(guest) {
    await guest.shell.output(`timeout 5 ${PHC2SYS} -R 10 > /run/bench/steer.txt; true`);
    // Both at once, a clock that is 5 ms ahead: neither steers.
    const ahead = `python3 -c 'import time; time.clock_settime_ns(0, time.time_ns() + 5_000_000)'`;
    await guest.shell.output(ahead);
    await side(guest, '-R 4', 12);
    await side(guest, '-R 4 -u 4', 2);
    const file = (name: string) => guest.shell.output(`cat /run/bench/${name}.txt`);
    const [theirs, ours, theirsU, oursU] = [
      await file('theirs-R4'),
      await file('ours-R4'),
      await file('theirs-R4-u4'),
      await file('ours-R4-u4'),
    ];
    return [
      told('phc2sys', lines(theirs).at(-1) ?? ''),
      told('monitor', lines(ours).at(-1) ?? ''),
      told('phc2sys -u', lines(theirsU).at(-1) ?? ''),
      told('monitor -u', lines(oursU).at(-1) ?? ''),
      exactly('lines of monitor', lines(ours).length, 12),
      exactly('form of a line, numbers aside', forms(ours), forms(theirs)),
      exactly('columns of a line', columns(ours), columns(theirs)),
      exactly('form of a summary, numbers aside', forms(oursU), forms(theirsU)),
      exactly('sign of the offset of a clock that is ahead', Math.sign(median(numbers(ours, 'offset'))), 1),
      atMost(
        'medians of offset apart (the clock drifts by so much)',
        Math.abs(median(numbers(ours, 'offset')) - median(numbers(theirs, 'offset'))),
        2000,
        'ns',
      ),
    ];
  },
};

/** The daemon's own log in that form, while chronyd steers; and who waits for the clock. */
const daemonLog: Scenario = {
  name: 'phc2sys: the log of the daemon, and waiting for the clock',
  about: 'product',
  guest: { page: 'time', fields: { taiOffsetSec: 0 } },
  async run(guest) {
    const steered = await guest.shell.output(`timeout 8 ${PHC2SYS} -R 10; true`, 30_000);
    await startVmclockd(guest, '--log-format phc2sys');
    const early = await waitsync(guest, '--timeout 3');
    await startChronyd(guest, FED_BY_US);
    const trusted = await waitsync(guest, '--timeout 90');
    const never = await waitsync(guest, '--max-bound 20');
    const document = await statusUntil(guest, 'chronyd follows', (s) => s.chronyd?.synchronised === true);
    await delay(12_000);
    const log = await guest.shell.output('cat /run/bench/vmclockd.log');
    const samples = lines(log).filter((line) => line.includes('phc offset'));
    const locked = samples.filter((line) => / s2 /.test(line));
    const frequencies = numbers(locked.slice(-20).join('\n'), 'freq');
    return [
      ...early.figures('waitsync without chronyd', 1),
      ...trusted.figures('waitsync when chronyd follows', 0),
      ...never.figures('waitsync for what cannot be', 2),
      told('state', document.state.name),
      told('first of the log', lines(log)[0] ?? ''),
      told('last of the log', samples.at(-1) ?? ''),
      exactly(
        'lines that are not as phc2sys’s',
        lines(log)
          .filter((line) => !/^phc2sys\[\d+\.\d{3}\]: \S/.test(line))
          .join(' | '),
        '',
      ),
      exactly(
        'form of a sample, numbers aside',
        forms(samples.join('\n')),
        forms(steered.replace(/^(?!.*phc offset).*$/gm, '')),
      ),
      exactly('first sample', / s0 /.test(samples[0] ?? '') ? 's0' : (samples[0] ?? ''), 's0'),
      exactly('last sample', / s2 /.test(samples.at(-1) ?? '') ? 's2' : (samples.at(-1) ?? ''), 's2'),
      atMost(
        'median frequency apart from phc2sys’s',
        Math.abs(median(frequencies) - median(numbers(steered, 'freq').slice(-20))),
        500,
        'ppb',
      ),
    ];
  },
};

/** Waits in the guest. */
export async function waitsync(guest: Guest, flags: string) {
  const { stdout, exitCode } = await guest.shell.run(`${VMCLOCKD} waitsync ${flags}`, 120_000);
  const said = lines(stdout.trim()).join(' ');
  return {
    figures: (what: string, expected: number): Figure[] => [
      exactly(what, exitCode, expected),
      ...(said === '' ? [] : [told('  says', said.slice(0, 300))]),
    ],
  };
}

export const phc2sys: readonly Scenario[] = [beside, daemonLog];
