/**
 * Child process of vmclock-torn.test.ts: updates a vmclock page file under the sequence lock as fast as it can. All
 * fields of one update come from one number (see `isWhole` in vmclock-torn-reader.ts). Ends when its parent does, or tells it to.
 */
import { openSync, writeSync } from 'node:fs';

const path = process.argv[2];
if (path === undefined || process.send === undefined) throw new Error('to be forked with a path');

const fd = openSync(path, 'r+');
const seq = new Uint32Array(1);
const payload = new BigUint64Array(12);
const payloadBytes = new Uint8Array(payload.buffer);
const rest = new Uint32Array(1 << 13);
const UPDATES_PER_TURN = 2000;
let n = 0n;

function update(): void {
  n++;
  seq[0] = Number(BigInt.asUintN(32, 2n * n - 1n));
  writeSync(fd, seq, 0, 4, 0x0c);
  payload.fill(n);
  // The flags keep announcing the generation counter; their upper half changes too.
  payload[1] = BigInt.asUintN(64, (n << 32n) | 0x100n);
  // Padding, small fields and tai_offset_sec, by bytes.
  payloadBytes.fill(Number(n & 0x7fn), 16, 24);
  // In two parts: a torn copy is then half old, half new, for as long as a system call takes.
  writeSync(fd, payloadBytes, 0, 48, 0x10);
  writeSync(fd, payloadBytes, 48, 48, 0x40);
  seq[0] = Number(BigInt.asUintN(32, 2n * n));
  writeSync(fd, seq, 0, 4, 0x0c);
  // A short rest with the count even, or the reader would hardly ever find the page settled.
  for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] ?? 0) ^ i;
}

function turn(): void {
  for (let i = 0; i < UPDATES_PER_TURN; i++) update();
  setImmediate(turn);
}

process.on('disconnect', () => process.exit(0));
update();
process.send('hammering');
turn();
