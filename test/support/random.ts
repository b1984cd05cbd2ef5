/** A seeded source of numbers in [0, 1): the same seed gives the same numbers on every machine. */
export type Random = () => number;

/** Mulberry32, a 32-bit generator that is small and good enough for simulations. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Exponentially distributed with the given mean, >= 0. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

/** Normally distributed, mean 0, standard deviation 1. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Pareto-distributed excess >= 0: heavy-tailed for a shape of 1 … 2. */
export function pareto(random: Random, scale: number, shape: number): number {
  return scale * ((1 - random()) ** (-1 / shape) - 1);
}
