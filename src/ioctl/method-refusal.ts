import type { ReadingMethod } from './reading.js';

/** Why a better method is not in use. */
export interface MethodRefusal {
  readonly method: ReadingMethod;
  /** errno name, such as ENODEV. */
  readonly code: string;
  /** What that means here, such as "the guest's clocksource is tsc". */
  readonly meaning: string;
}
