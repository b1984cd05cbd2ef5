/**
 * What a reading costs apart from the driver. Run `node build/bench/ioctl-reading.js`, and with `--jitless`, which is what the systemd unit's
 * has it. It needs no PHC: FIONREAD on /dev/zero fails and on a socket succeeds, as a PTP ioctl would, without its work.
 */
import { readClockPair } from '../src/ioctl/clock-pair.js';
import { decodeBasic } from '../src/ioctl/decode-basic.js';
import { decodeExtended } from '../src/ioctl/decode-extended.js';
import { CLOCK_MONOTONIC_RAW, clockGettime, close, ioctl, open, socketUnixDatagram } from '../src/ioctl/libc.js';
import { PhcReader } from '../src/ioctl/phc-reader.js';
import { PTP_SYS_OFFSET, PTP_SYS_OFFSET_EXTENDED } from '../src/ioctl/ptp-abi.js';
import { PtpClock } from '../src/ioctl/ptp-clock.js';
import { SystemClocks } from '../src/ioctl/system-clocks.js';
import { SystemError } from '../src/ioctl/system-error.js';

const ROUNDS = 7;
const ROUND_NS = 40_000_000;
const FIONREAD = { request: 0x541b, name: 'FIONREAD' };
const EOPNOTSUPP = 95;

/** Median over the rounds of the mean time of one call, ns. */
function nsPerCall(call: () => unknown): number {
  const means = Array.from({ length: ROUNDS + 1 }, () => {
    const begin = process.hrtime.bigint();
    let calls = 0;
    let elapsed = 0;
    do {
      for (let inner = 0; inner < 100; inner++) call();
      calls += 100;
      elapsed = Number(process.hrtime.bigint() - begin);
    } while (elapsed < ROUND_NS);
    return elapsed / calls;
  });
  // The first round warms up.
  return means.slice(1).sort((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

/** An answer of 25 readings, 100 ns from stamp to stamp. */
function answer(bytes: Uint8Array, stamps: number): Uint8Array {
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 25, true);
  for (let index = 0; index < stamps; index++) {
    view.setBigInt64(16 + 16 * index, 1_800_000_000n, true);
    view.setUint32(24 + 16 * index, 100 * index, true);
  }
  return bytes;
}

const extended = answer(new Uint8Array(PTP_SYS_OFFSET_EXTENDED.size), 75);
const basic = answer(new Uint8Array(PTP_SYS_OFFSET.size), 51);
const socket = socketUnixDatagram();
const zero = open('/dev/zero', 0);
const buffer = new Uint8Array(8);
const systemClocks = new SystemClocks();

function succeeding(): number {
  return ioctl(socket, FIONREAD.request, buffer, { name: FIONREAD.name, path: 'a socket' });
}

function failing(): void {
  try {
    ioctl(zero, FIONREAD.request, buffer, { name: FIONREAD.name, path: '/dev/zero' });
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
}

/** A PHC that answers BASIC from memory after one real ioctl. */
const reader = new PhcReader({
  clock: new PtpClock({
    path: '/dev/ptp0',
    ioctl(request, bytes, name) {
      if (request !== PTP_SYS_OFFSET.request) throw new SystemError(`ioctl ${name}`, EOPNOTSUPP, '/dev/ptp0');
      succeeding();
      bytes.set(basic);
    },
    close() {},
  }),
  clockName: '',
  systemClocks,
  clocksource: () => '',
});

const ROWS: readonly (readonly [string, () => unknown])[] = [
  ['empty loop', () => undefined],
  ['clockGettime(CLOCK_MONOTONIC_RAW)', () => clockGettime(CLOCK_MONOTONIC_RAW)],
  ['clock pair, best of 3 sandwiches', () => readClockPair(systemClocks)],
  ['ioctl that succeeds', succeeding],
  ['ioctl that fails, with its SystemError', failing],
  ['decode 25 EXTENDED readings', () => decodeExtended(extended)],
  ['decode 25 BASIC readings', () => decodeBasic(basic)],
  ['PhcReader.read(), BASIC, 25 readings', () => reader.read()],
];

console.log(`ns per call, median of ${ROUNDS} rounds; node ${process.version} ${process.execArgv.join(' ')}`);
for (const [what, call] of ROWS) console.log(`${nsPerCall(call).toFixed(0).padStart(9)}  ${what}`);
close(socket);
close(zero);
