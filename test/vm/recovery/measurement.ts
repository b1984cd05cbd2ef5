import type { RecoveryEvent } from './events.js';
import type { Figures } from './figures.js';
import type { Stack } from './stacks.js';
import type { Trace } from './trace.js';

/** One disruption of one stack. */
export interface Measurement {
  readonly stack: Stack;
  readonly event: RecoveryEvent;
  readonly trace: Trace;
  readonly figures: Figures;
}
