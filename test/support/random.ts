import { Random as Generator } from '../../src/sim/random.js';

/** A seeded source of numbers in [0, 1): the same seed gives the same numbers on every machine. */
export type Random = () => number;

/** The simulator's generator as a plain function. */
export function seededRandom(seed: number): Random {
  const generator = new Generator(seed);
  return () => generator.uniform();
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
