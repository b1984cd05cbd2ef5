import { formatNs, formatSignedNs } from '../../format-quantity.js';
import type { ClockFacts, ReadingFacts } from '../../probe-facts.js';
import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';

const { ok, warn, fail, skip } = about({
  id: 'clocks-agree',
  name: 'Clocks agree',
  expected: 'clocks of one host that agree to their brackets and some microseconds, whole seconds of TAI aside',
  why: 'two clocks of the same host that differ mean that at least one of them is wrong, and that may be the one that is followed',
});

/** What two sound clocks may differ by beside their brackets, ns: they are read one after the other. */
const TOLERANCE_NS = 10_000;
/** Beyond this no asymmetry of a reading explains it, ns. */
const APART_NS = 1_000_000;
/** TAI − UTC since 2017, and what the vmclock driver's sign makes of it. */
const SHIFTS = [0, 37, 74];

/** Whether two PTP clocks, where there are two, show the same time. */
export function checkClocksAgree({ clocks, kernelTaiOffsetSeconds, pages }: DoctorFacts): Finding {
  const read = clocks.filter(hasTime);
  const [one] = read;
  if (one === undefined || read.length < 2) return skip(`${read.length === 0 ? 'no' : 'one'} clock to compare`);
  const told = [kernelTaiOffsetSeconds, ...pages.map(({ contents }) => contents?.taiOffsetSeconds ?? 0)];
  const shifts = [...SHIFTS, ...told.flatMap((seconds) => [Math.abs(seconds), 2 * Math.abs(seconds)])];
  const worst = read
    .slice(1)
    .map((other) => compare(one, other))
    .reduce((most, pair) =>
      Math.abs(pair.apartNs) - pair.bracketNs > Math.abs(most.apartNs) - most.bracketNs ? pair : most,
    );
  const { other, apartNs, bracketNs, shiftSeconds } = worst;
  const whole = shiftSeconds === 0 ? '' : ` and ${shiftSeconds} s`;
  const value = `${other.path} − ${one.path}: ${formatSignedNs(apartNs)}${whole} (± ${formatNs(bracketNs)})`;

  const remedy = `\`vmclockd probe\` shows both; name the right one with phc = "…" in the configuration, and ask the host's owner`;
  if (!shifts.includes(Math.abs(shiftSeconds))) return trouble(one, other)(value, remedy);
  const beyond = Math.abs(apartNs) - bracketNs;
  if (beyond <= TOLERANCE_NS) return ok(value);
  return (beyond > APART_NS ? trouble(one, other) : warn)(value, remedy);
}

/** Nobody knows what sets a network card's clock: that one may well be wrong, and harm nobody. */
function trouble(one: ClockFacts, other: ClockFacts): typeof fail {
  return one.kind === 'other' || other.kind === 'other' ? warn : fail;
}

type ReadClock = ClockFacts & { readonly reading: ReadingFacts };

function hasTime(clock: ClockFacts): clock is ReadClock {
  // Virtio's type 2 is a monotonic clock.
  return clock.reading !== null && !/^Virtio PTP type 2\b/.test(clock.name);
}

function compare(one: ReadClock, other: ReadClock) {
  const differenceNs = other.reading.offsetNs - one.reading.offsetNs;
  const shiftSeconds = Math.round(differenceNs / 1e9) + 0;
  const bracketNs = (one.reading.bracketNs + other.reading.bracketNs) / 2;
  return { other, apartNs: differenceNs - shiftSeconds * 1e9, bracketNs, shiftSeconds };
}
