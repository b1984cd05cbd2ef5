import type { ClockKind } from '../ioctl/clock-kind.js';
import { noClockReasons } from './format-no-clock.js';
import { formatNs, formatSignedNs } from './format-quantity.js';
import { printable } from './format-text.js';
import type { Tone, ToneLine } from './format-tone.js';
import type { ClockFacts, PageFacts, ProbeFacts, ReadingFacts, SocketFacts } from './probe-facts.js';

/** A clock that answered: what exit code 0 stands for. */
export function usableClock(facts: ProbeFacts): ClockFacts | undefined {
  return facts.clocks.find((clock) => clock.reading !== null);
}

/** What was found, for eyes: the verdict first, then clock by clock. */
export function formatProbe(facts: ProbeFacts): ToneLine[] {
  const lines: ToneLine[] = [];
  const add = (text: string, tone: Tone = 'plain') => lines.push({ text: printable(text), tone });
  const best = usableClock(facts);
  if (best?.reading) {
    const name = best.name === '' ? '' : ` (${best.name})`;
    add(`This machine has a clock to follow: ${best.path}${name}, by ${best.reading.method}.`, 'good');
  } else {
    add('This machine has no clock that vmclockd could follow.', 'bad');
    for (const reason of noClockReasons(facts)) add(`  ${reason}`);
  }
  for (const clock of facts.clocks) {
    add('');
    clockLines(clock, add);
  }
  for (const page of facts.pages) {
    add('');
    pageLines(page, add);
  }
  if (facts.pages.length === 0) {
    add('');
    add('vmclock      none: disruptions would be inferred from jumps of the PTP clock');
  }
  add('');
  machineLines(facts, add);
  return lines;
}

/** What each kind of clock is, for people. */
const KIND: Readonly<Record<ClockKind, string>> = {
  vmclock: "the host's clock by the vmclock page",
  kvm: "the host's clock by KVM's hypercall",
  virtio: "the host's clock by virtio-rtc",
  s390: "the machine's clock of an IBM Z",
  ena: "Amazon's network card",
  gve: "Google's virtual network card",
  hyperv: "Hyper-V's time service",
  vmware: "VMware's precision clock",
  other: "no hypervisor's clock: whatever sets it (a network card, mostly)",
};

type Add = (text: string, tone?: Tone) => void;

function clockLines({ path, name, kind, error, crossTimestamping, methods, reading }: ClockFacts, add: Add): void {
  add(`${path}${name === '' ? '' : ` (${name})`}: ${KIND[kind]}`);
  if (error !== '') add(`  cannot be used: ${error}`, 'bad');
  if (crossTimestamping !== null) {
    add(`  ${crossTimestamping ? 'claims' : 'does not claim'} cross time stamps (PTP_CLOCK_GETCAPS)`, 'dim');
  }
  for (const { method, works, code, meaning } of methods) {
    add(`  ${method.padEnd(11)}${works ? 'works' : `${code}${meaning === '' ? '' : `: ${meaning}`}`}`);
  }
  if (reading !== null) add(`  reading    ${readingText(reading)}`);
}

function readingText({ offsetNs, bracketNs, count, method }: ReadingFacts): string {
  const best = count > 1 ? `, the narrowest of ${count}` : '';
  return `${formatSignedNs(offsetNs)} against CLOCK_REALTIME, bracket ${formatNs(bracketNs)} by ${method}${best}`;
}

function pageLines({ path, error, contents }: PageFacts, add: Add): void {
  add(`${path}: vmclock page`);
  if (error !== '') add(`  cannot be used: ${error}`, 'bad');
  if (contents === null) return;
  const generation = contents.generation === null ? 'no generation counter' : `generation ${contents.generation}`;
  const tai = contents.taiOffsetSeconds === null ? '' : `, TAI is ${contents.taiOffsetSeconds} s ahead of UTC`;
  const leap = contents.leap === 'none' ? '' : `, leap second: ${contents.leap}`;
  add(`  disruption marker ${contents.marker}, ${generation}, sequence count ${contents.seqCount}`);
  add(
    contents.carriesTime
      ? `  time ${contents.timeType} by ${contents.counter}${tai}, clock ${contents.clockStatus}${leap}`
      : '  no time in it, only the marker: the time comes from a PTP clock',
  );
  add(
    `  a change ${contents.watching === 'poll' ? 'wakes us' : 'has to be looked for: the hypervisor does not notify'}`,
  );
  const flags = contents.flags.length === 0 ? 'no flags' : contents.flags.join(' ');
  add(`  ${contents.sizeBytes} bytes, version ${contents.version}, ${flags}`, 'dim');
}

function machineLines({ machine, chronyd }: ProbeFacts, add: Add): void {
  const product = machine.product === '' ? 'of unknown make' : machine.product;
  const clocksource = machine.clocksource === '' ? 'unknown' : machine.clocksource;
  add(`Machine      ${product}${machine.container ? ', in a container' : ''}, clocksource ${clocksource}`);
  add(`chronyd      command socket ${socketText(chronyd.commandSocket)}`);
  add(`             refclock socket ${socketText(chronyd.refclockSocket)}`);
}

function socketText({ path, present, error }: SocketFacts): string {
  if (error !== '') return `${path} cannot be looked at: ${error}`;
  return `${path} ${present ? 'is there' : 'is missing'}`;
}
