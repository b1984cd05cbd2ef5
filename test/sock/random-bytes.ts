/** Numbers in [0, 1) that look random and are the same in every run: a failure can be seen again. */
export function* randomNumbers(count: number, seed = 1): Generator<number> {
  let state = seed >>> 0;
  for (let made = 0; made < count; made += 1) {
    // A linear congruential step, and its high bits mixed down: plenty for choosing test inputs.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
    yield ((mixed ^ (mixed >>> 12)) >>> 0) / 2 ** 32;
  }
}

/** Byte strings: three quarters have the `usualLength`, the others up to twice as many bytes. */
export function* randomBytes(count: number, usualLength: number, seed = 1): Generator<Uint8Array> {
  const numbers = randomNumbers(Number.MAX_SAFE_INTEGER, seed);
  const next = (): number => numbers.next().value ?? 0;
  for (let made = 0; made < count; made += 1) {
    const length = next() < 0.75 ? usualLength : Math.floor(next() * 2 * usualLength);
    yield Uint8Array.from({ length }, () => Math.floor(next() * 256));
  }
}
